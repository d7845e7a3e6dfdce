package dev.embeddedbroker.examples.parallel;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.WithBroker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All classes share a broker. */
@WithBroker(scope = BrokerScope.PER_RUN)
public abstract class SharedBroker extends RoundTrips {
    private @Nullable EmbeddedBroker broker;

    @Override
    String bootstrapServers() {
        return Objects.requireNonNull(broker).bootstrapServers();
    }
}
