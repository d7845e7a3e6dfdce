package dev.embeddedbroker.examples.parallel;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.WithBroker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Each class has a broker of its own. */
@WithBroker
public abstract class OwnBroker extends RoundTrips {
    private @Nullable EmbeddedBroker broker;

    @Override
    String bootstrapServers() {
        return Objects.requireNonNull(broker).bootstrapServers();
    }
}
