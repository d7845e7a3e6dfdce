package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Pain 9: where there is no Docker, or an image does not run on the machine, there is no test (hazelcast 21067, testcontainers 11777,
 * redpanda 3187, quarkus 45037).
 */
class Pain09NoDockerTest {
    @Test
    void theBrokerIsInThisProcessAlone() throws Exception {
        var before = ProcessHandle.current().descendants().collect(Collectors.toSet());
        try (var broker = EmbeddedBroker.builder().topic("t", 1).build().start()) {
            Clients.produce(broker, "t", "value");
            assertThat(ProcessHandle.current().descendants().collect(Collectors.toSet()))
                    .isSubsetOf(before);
        }
    }
}
