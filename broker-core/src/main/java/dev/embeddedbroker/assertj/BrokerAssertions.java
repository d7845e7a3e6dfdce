package dev.embeddedbroker.assertj;

import dev.embeddedbroker.EmbeddedBroker;

/**
 * The entry to assertions on a broker: {@code assertThat(broker).topic("orders").hasRecords(3)}. They look once, at how
 * things are; to wait for a state, see {@link dev.embeddedbroker.inspect.Inspector}.
 */
public final class BrokerAssertions {
    private BrokerAssertions() {}

    /** Assertions on a broker that runs. */
    public static BrokerAssert assertThat(EmbeddedBroker broker) {
        return new BrokerAssert(broker);
    }
}
