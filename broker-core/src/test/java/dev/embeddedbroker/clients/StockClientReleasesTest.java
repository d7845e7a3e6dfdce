package dev.embeddedbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four releases of the stock client, seven years apart, against one broker and a restart of it. */
class StockClientReleasesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"4.4.0", "4.0.2", "3.9.2", "2.8.2"})
    void everyReleaseReadsWhatItWroteBeforeAndAfterARestart(String version) throws Exception {
        try (var client = new ClientRelease(version)) {
            String topic = "orders-" + version;
            try (var broker = broker()) {
                var arguments = arguments(broker, topic);
                assertThat(client.run("createTopic", arguments)).containsExactly(topic + " has 3 partitions");
                assertThat(client.run("produce", arguments)).hasSize(5);
                assertThat(client.run("consumeByGroup", arguments)).containsExactly("group read 300 records");
                assertThat(client.run("seekAndTimes", arguments)).hasSize(3);
            }
            try (var broker = broker()) {
                var arguments = arguments(broker, topic);
                assertThat(client.run("consumeByAssignment", arguments)).containsExactly("assignment read 300 records");
                assertThat(client.run("nothingNewForTheGroup", arguments))
                        .containsExactly("only the new record, at offset 100");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.4.0", "2.8.2"})
    void recordsOfOneReleaseAreReadByEveryOther(String writer) throws Exception {
        try (var broker = broker();
                var client = new ClientRelease(writer)) {
            String topic = "shared";
            client.run("createTopic", arguments(broker, topic));
            client.run("produce", arguments(broker, topic));
            for (String reader : List.of("4.4.0", "4.0.2", "3.9.2", "2.8.2")) {
                try (var other = new ClientRelease(reader)) {
                    assertThat(other.run("consumeByAssignment", arguments(broker, topic)))
                            .containsExactly("assignment read 300 records");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.4.0", "4.0.2", "3.9.2", "2.8.2"})
    void everyReleaseCommitsAbortsAndFences(String version) throws Exception {
        try (var broker = broker();
                var client = new ClientRelease(version)) {
            String topic = "payments-" + version;
            client.run("createTopic", arguments(broker, topic));
            assertThat(client.run("transactions", arguments(broker, topic)))
                    .containsExactly("read [0, 2, 5], committed 2, fenced true");
            assertThat(broker.failure()).isEmpty();
        }
    }

    private EmbeddedBroker broker() {
        // the records are years old: they would go half a minute after the start
        return EmbeddedBroker.builder()
                .dataDirectory(directory)
                .config("log.initial.task.delay.ms", "3600000")
                .build()
                .start();
    }

    private static Map<String, String> arguments(EmbeddedBroker broker, String topic) {
        return Map.of("bootstrap", broker.bootstrapServers(), "topic", topic);
    }
}
