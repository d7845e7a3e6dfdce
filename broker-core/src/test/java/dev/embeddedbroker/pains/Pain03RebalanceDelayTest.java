package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/**
 * Pain 3: the first consumer of every group waits for {@code group.initial.rebalance.delay.ms}, three seconds unless one knows
 * to set it (testcontainers 782, strimzi 106, redpanda 7761).
 */
class Pain03RebalanceDelayTest {
    @Test
    void nothingHasToBeSetForGroupsToBeginAtOnce() throws Exception {
        var here = new ConfigResource(ConfigResource.Type.BROKER, "0");
        try (var broker = EmbeddedBroker.builder().topic("t", 1).build().start();
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(admin.describeConfigs(List.of(here))
                            .all()
                            .get()
                            .get(here)
                            .get("group.initial.rebalance.delay.ms")
                            .value())
                    .isEqualTo("0");
            Clients.produce(broker, "t", "value");
            assertThat(Clients.consume(broker, "t", "g", 1)).containsExactly("value");
        }
    }
}
