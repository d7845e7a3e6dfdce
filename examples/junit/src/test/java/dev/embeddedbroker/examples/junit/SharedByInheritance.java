package dev.embeddedbroker.examples.junit;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.BrokerExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a project's integration tests extend: one broker for all of them, and each test finds it as after its start. */
abstract class SharedByInheritance {
    @RegisterExtension
    static final BrokerExtension KAFKA = BrokerExtension.of(
                    EmbeddedBroker.builder().topic("orders", 3).topic("notifications", 1))
            .perRun()
            .resetting();
}
