package dev.embeddedbroker.examples.parallel;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.WithBroker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Each test finds a broker as after its start, which classes lend one another. */
@WithBroker(scope = BrokerScope.PER_RUN, reset = true)
public abstract class ResetBroker extends RoundTrips {
    private @Nullable EmbeddedBroker broker;

    @Override
    String bootstrapServers() {
        return Objects.requireNonNull(broker).bootstrapServers();
    }
}
