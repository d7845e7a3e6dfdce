package dev.embeddedbroker.node;

import dev.embeddedbroker.loop.FailureSink;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The first bug a broker met in itself. Thread-safe. */
final class Failures implements FailureSink {
    private final AtomicReference<Throwable> first = new AtomicReference<>();

    @Override
    public void failed(String where, Throwable cause) {
        first.compareAndSet(null, new IllegalStateException("Embedded Broker failed in " + where, cause));
    }

    Optional<Throwable> first() {
        return Optional.ofNullable(first.get());
    }
}
