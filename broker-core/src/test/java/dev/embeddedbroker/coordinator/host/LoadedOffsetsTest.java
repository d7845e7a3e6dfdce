package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A restarted broker with many commits: whoever asks while they are loaded is told to wait (the stock client does), and
 * never something older than the last commit. So too when the log was compacted before.
 */
class LoadedOffsetsTest {
    private static final int GROUPS = 100;
    private static final int PARTITIONS = 100;
    private static final int ROUNDS = 5;

    @Test
    @Timeout(180)
    void lastCommitsAreToldAfterARestartAndAfterACompaction() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                        .config("offsets.topic.num.partitions", "1")
                        .config("offsets.topic.segment.bytes", "1048576")
                        .topic("t", PARTITIONS)
                        .build()
                        .start();
                var admin = Admin.create(Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "retry.backoff.ms",
                        "1",
                        "retry.backoff.max.ms",
                        "1",
                        "reconnect.backoff.ms",
                        "1",
                        "reconnect.backoff.max.ms",
                        "10"))) {
            for (int round = 1; round <= ROUNDS; round++) {
                commit(admin, round);
            }
            broker.stopBroker(0);
            broker.startBroker(0);
            requireAll(admin, ROUNDS);
            broker.runCompaction("__consumer_offsets");
            commit(admin, ROUNDS + 1);
            broker.stopBroker(0);
            broker.startBroker(0);
            requireAll(admin, ROUNDS + 1);
            assertThat(broker.failure()).isEmpty();
        }
    }

    private static void commit(Admin admin, int round) throws Exception {
        var commits = new ArrayList<KafkaFuture<Void>>();
        for (int group = 0; group < GROUPS; group++) {
            commits.add(
                    admin.alterConsumerGroupOffsets("g" + group, offsets(round)).all());
        }
        KafkaFuture.allOf(commits.toArray(new KafkaFuture<?>[0])).get();
    }

    private static void requireAll(Admin admin, int round) throws Exception {
        var told = new ArrayList<KafkaFuture<Map<TopicPartition, OffsetAndMetadata>>>();
        for (int group = GROUPS - 1; group >= 0; group--) {
            told.add(admin.listConsumerGroupOffsets("g" + group).partitionsToOffsetAndMetadata());
        }
        for (var one : List.copyOf(told)) {
            assertThat(one.get()).isEqualTo(offsets(round));
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(int offset) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            offsets.put(new TopicPartition("t", partition), new OffsetAndMetadata(offset));
        }
        return offsets;
    }
}
