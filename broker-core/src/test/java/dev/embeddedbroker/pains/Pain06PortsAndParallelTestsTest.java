package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.FreePort;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/**
 * Pain 6: one broker a JVM, on a fixed port or at an address in a System property, so tests can't run in parallel
 * (scalatest-embedded-kafka 101, kafka-junit 91, spring-kafka 2916, kroxylicious 94).
 */
class Pain06PortsAndParallelTestsTest {
    @Test
    void noSystemPropertyIsSet() throws Exception {
        var before = new Properties();
        before.putAll(System.getProperties());
        try (var broker = EmbeddedBroker.builder().topic("t", 1).build().start()) {
            var now = new Properties();
            now.putAll(System.getProperties());
            assertThat(now.stringPropertyNames()).containsExactlyInAnyOrderElementsOf(before.stringPropertyNames());
            assertThat(now).doesNotContainValue(broker.bootstrapServers());
        }
    }

    @Test
    void brokersTakePortsThatAreFree() {
        try (var one = new EmbeddedBroker().start();
                var other = new EmbeddedBroker().start()) {
            assertThat(one.port()).isNotEqualTo(other.port());
            assertThat(one.bootstrapServers()).isEqualTo("localhost:" + one.port());
        }
    }

    @Test
    void aPortThatWasAskedForIsTheOneItHas() throws Exception {
        int port = FreePort.any();
        try (var broker =
                EmbeddedBroker.builder().port(port).topic("t", 1).build().start()) {
            assertThat(broker.port()).isEqualTo(port);
            Clients.produce(broker, "t", "value");
        }
    }

    @Test
    void aPortThatIsTakenIsSaidAndNotReplaced() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
                var broker = EmbeddedBroker.builder().port(taken.getLocalPort()).build()) {
            assertThatThrownBy(broker::start).hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void clientsOfOneBrokerDoNotMeetThoseOfAnother() throws Exception {
        try (var one = EmbeddedBroker.builder().topic("t", 1).build().start();
                var other = EmbeddedBroker.builder().topic("t", 1).build().start()) {
            Clients.produce(one, "t", "of one");
            Clients.produce(other, "t", "of the other");
            assertThat(Clients.consume(one, "t", "g", 1)).containsExactly("of one");
            assertThat(Clients.consume(other, "t", "g", 1)).containsExactly("of the other");
            assertThat(Map.copyOf(one.clientProperties())).isNotEqualTo(Map.copyOf(other.clientProperties()));
        }
    }
}
