package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;

/** What the broker has to say about a test that failed. */
final class FailureReport {
    private final EmbeddedBroker broker;

    FailureReport(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /** Adds it to the failure, where IDEs and build tools show it: as a suppressed exception without a stack. */
    void attachTo(Throwable failure) {
        broker.failure().ifPresent(failure::addSuppressed);
    }
}
