package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A metadata log that Apache Kafka 4.4.0 wrote in two runs, both ended by an orderly shutdown. */
class OpensKafkasLogTest {

    @TempDir
    Path directory;

    @BeforeEach
    void putKafkasLogThere() throws IOException {
        var metadata = Files.createDirectories(directory.resolve("__cluster_metadata-0"));
        try (var log = Objects.requireNonNull(getClass().getResourceAsStream("kafka-4.4.0-metadata.log"))) {
            Files.copy(log, metadata.resolve("00000000000000000000.log"));
        }
    }

    @Test
    void itsTopicsAndSettingsAreThere() {
        try (var node = TestNode.started(directory, 1)) {
            var image = node.image();
            assertThat(image.topics()).extracting(TopicImage::name).containsExactly("a.b", "cfg", "t1");
            assertThat(image.topic("t1").id().toString()).isEqualTo("e6r38jhMS8iwY4YTmETCbQ");
            assertThat(image.topic("t1").partitionCount()).isEqualTo(4);
            assertThat(image.configs(ConfigResource.topic("t1"))).isEqualTo(Map.of("retention.ms", "1000"));
            assertThat(image.configs(ConfigResource.everyBroker())).isEqualTo(Map.of("min.insync.replicas", "1"));
            assertThat(image.features()).isEqualTo(Features.ofNewCluster(Map.of()));
        }
    }

    @Test
    void theBrokerLeadsAgainWhatTheShutdownLeftWithoutLeader() {
        try (var node = TestNode.started(directory, 1)) {
            assertThat(node.image().epoch()).isEqualTo(3);
            for (var topic : node.image().topics()) {
                assertThat(topic.partitions()).allSatisfy(partition -> {
                    assertThat(partition.leader()).isEqualTo(1);
                    assertThat(partition.leaderEpoch()).isEqualTo(2);
                    assertThat(partition.isr()).containsExactly(1);
                    assertThat(partition.eligibleLeaders()).isEmpty();
                    assertThat(partition.lastKnownLeaders()).isEmpty();
                });
            }
        }
    }

    @Test
    void namesOfItsTopicsCollideWithNewOnes() {
        try (var node = TestNode.started(directory, 1)) {
            assertThat(node.create("a_b", 1).result().message())
                    .isEqualTo("Topic 'a_b' collides with existing topic: a.b");
        }
    }
}
