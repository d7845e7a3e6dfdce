package dev.embeddedbroker.virtualtime;

import static dev.embeddedbroker.virtualtime.SteppedBroker.failure;
import static dev.embeddedbroker.virtualtime.SteppedBroker.metric;
import static dev.embeddedbroker.virtualtime.SteppedBroker.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty things that a broker does when some time has passed, seen by stock clients: none of them had happened before the
 * time was advanced, and each had when that returned. It is one broker, with Kafka's own times wherever a test says nothing.
 */
class TwentyTimeoutsTest {
    private static final String APPEND_TIME = "message.timestamp.type=LogAppendTime";

    private static SteppedBroker world;

    @BeforeAll
    static void start() {
        world = new SteppedBroker(EmbeddedBroker.builder()
                .manualTime()
                .config("offsets.topic.num.partitions", "2")
                .config("transaction.state.log.num.partitions", "2")
                .config("group.max.session.timeout.ms", "" + Duration.ofDays(20).toMillis()));
    }

    @AfterAll
    static void stop() {
        assertThat(world.broker.failure()).isEmpty();
        world.close();
    }

    // ---- groups

    @Test
    void sessionOfAClassicMemberEnds() throws Exception {
        world.topic("classic-session");
        try (var member = world.new Member("classic-session", "group.protocol", "classic", "heartbeat.interval.ms", 50)
                .subscribe("classic-session")) {
            member.has(1);
            world.advance(Duration.ofSeconds(45));
            assertThat(members("classic-session")).isEmpty();
            member.isTold("lost [0]").has(1);
        }
    }

    @Test
    void sessionOfAMemberOfTheConsumerProtocolEnds() throws Exception {
        world.topic("consumer-session");
        try (var member =
                world.new Member("consumer-session", "group.protocol", "consumer").subscribe("consumer-session")) {
            member.has(1);
            world.advance(Duration.ofSeconds(45));
            assertThat(members("consumer-session")).isEmpty();
            member.isTold("lost [0]").has(1);
        }
    }

    @Test
    void classicMemberThatDoesNotRejoinInTimeIsLeftOut() throws Exception {
        world.topic("classic-rebalance", 2);
        Object[] patient = {"group.protocol", "classic", "session.timeout.ms", 1_800_000, "max.poll.interval.ms", 60_000
        };
        try (var busy = world.new Member("classic-rebalance", patient).subscribe("classic-rebalance");
                var eager = world.new Member("classic-rebalance", patient).subscribe("classic-rebalance")) {
            busy.has(2);
            until(() -> eager.polls() == eager && state("classic-rebalance") == GroupState.PREPARING_REBALANCE);
            world.advance(Duration.ofSeconds(60));
            eager.has(2);
        }
    }

    @Test
    void memberOfTheConsumerProtocolThatDoesNotRevokeInTimeIsFenced() throws Exception {
        world.topic("consumer-rebalance", 2);
        world.admin
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, "consumer-rebalance"),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("consumer.session.timeout.ms", "60000"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        Object[] settings = {"group.protocol", "consumer", "max.poll.interval.ms", 30_000, "enable.auto.commit", "false"
        };
        try (var busy = world.new Member("consumer-rebalance", settings).subscribe("consumer-rebalance");
                var eager = world.new Member("consumer-rebalance", settings).subscribe("consumer-rebalance")) {
            busy.has(2);
            until(() -> eager.polls() == eager && members("consumer-rebalance").size() == 2);
            double heartbeats = metric(busy.consumer.metrics(), "heartbeat-total");
            until(() -> eager.polls() == eager
                    && metric(busy.consumer.metrics(), "heartbeat-total")
                            >= heartbeats + 2); // it was told to revoke one
            world.advance(Duration.ofSeconds(30));
            eager.has(2);
            assertThat(members("consumer-rebalance")).hasSize(1);
            busy.consumer.close(CloseOptions.timeout(Duration.ZERO)); // it would wait for its own time, 30 s
        }
    }

    @Test
    void staticMemberThatWentAwayExpires() throws Exception {
        world.topic("static-classic");
        try (var member = world.new Member("static-classic", "group.protocol", "classic", "group.instance.id", "one")
                .subscribe("static-classic")) {
            member.has(1);
        }
        assertThat(members("static-classic")).hasSize(1);
        world.advance(Duration.ofSeconds(45));
        assertThat(members("static-classic")).isEmpty();
    }

    @Test
    void staticMemberOfTheConsumerProtocolThatWentAwayExpires() throws Exception {
        world.topic("static-consumer");
        try (var member = world.new Member("static-consumer", "group.protocol", "consumer", "group.instance.id", "one")
                .subscribe("static-consumer")) {
            member.has(1);
        }
        assertThat(members("static-consumer")).hasSize(1);
        world.advance(Duration.ofSeconds(45));
        assertThat(members("static-consumer")).isEmpty();
    }

    @Test
    void firstRebalanceWaitsForItsInitialDelay() throws Exception {
        try (var patient = new SteppedBroker(EmbeddedBroker.builder()
                        .manualTime()
                        .topic("delayed", 1)
                        .config("group.initial.rebalance.delay.ms", "3000"));
                var member = patient.new Member("delayed", "group.protocol", "classic").subscribe("delayed")) {
            until(() -> member.polls() == member
                    && patient.admin.listGroups().all().get().stream()
                            .anyMatch(group -> group.groupState().equals(Optional.of(GroupState.PREPARING_REBALANCE))));
            patient.advance(Duration.ofMillis(2_999));
            assertThat(member.polls().consumer.assignment()).isEmpty();
            patient.advance(Duration.ofMillis(1));
            member.has(1);
        }
    }

    private static List<MemberDescription> members(String group) throws Exception {
        return List.copyOf(world.admin
                .describeConsumerGroups(List.of(group))
                .all()
                .get()
                .get(group)
                .members());
    }

    private static GroupState state(String group) throws Exception {
        return world.admin
                .describeConsumerGroups(List.of(group))
                .all()
                .get()
                .get(group)
                .groupState();
    }

    // ---- offsets

    @Test
    void offsetsOfAnEmptyGroupExpire() throws Exception {
        var topic = world.topic("offsets-empty");
        try (var member = world.new Member("offsets-empty").subscribe("offsets-empty")) {
            member.has(1).consumer.commitSync(Map.of(topic, new OffsetAndMetadata(7)));
        }
        world.advance(Duration.ofDays(7).minusMinutes(1));
        assertThat(committed("offsets-empty")).containsOnlyKeys(topic);
        world.advance(Duration.ofMinutes(11));
        assertThat(failure(() -> committed("offsets-empty"))).isIn(Void.class, GroupIdNotFoundException.class);
        assertThat(world.admin.listGroups().all().get())
                .noneMatch(group -> group.groupId().equals("offsets-empty"));
    }

    @Test
    void offsetsOfTopicsThatALiveGroupNoLongerReadsExpire() throws Exception {
        var left = world.topic("offsets-left");
        var read = world.topic("offsets-read");
        int session = (int) Duration.ofDays(15).toMillis();
        try (var member =
                world.new Member("offsets-live", "group.protocol", "classic", "session.timeout.ms", session)) {
            member.subscribe("offsets-left", "offsets-read").has(2);
            member.consumer.commitSync(Map.of(left, new OffsetAndMetadata(1), read, new OffsetAndMetadata(2)));
            member.subscribe("offsets-read").has(1);
            world.advance(Duration.ofDays(7).plusMinutes(10));
            assertThat(committed("offsets-live")).containsOnlyKeys(read);
            assertThat(members("offsets-live")).hasSize(1);
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(String group) throws Exception {
        return world.admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    // ---- producers

    @Test
    void transactionThatIsOpenTooLongIsAborted() throws Exception {
        var topic = world.topic("transactions");
        try (var producer = world.producer("transactional.id", "slow", "transaction.timeout.ms", 60_000)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic.topic(), "never seen")).get();
            world.send(topic, "k", "seen");
            assertThat(world.values(topic)).isEmpty();
            world.advance(Duration.ofSeconds(70));
            assertThat(world.values(topic)).containsExactly("seen");
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
        assertThat(transaction("slow")).isEqualTo(TransactionState.COMPLETE_ABORT);
    }

    @Test
    void transactionalIdThatNobodyUsesExpires() throws Exception {
        try (var producer = world.producer("transactional.id", "unused")) {
            producer.initTransactions();
        }
        world.advance(Duration.ofDays(7).minusMinutes(1));
        assertThat(transaction("unused")).isEqualTo(TransactionState.EMPTY);
        world.advance(Duration.ofMinutes(61));
        assertThat(failure(() -> transaction("unused"))).isEqualTo(TransactionalIdNotFoundException.class);
    }

    private static TransactionState transaction(String id) throws Exception {
        return world.admin
                .describeTransactions(List.of(id))
                .description(id)
                .get()
                .state();
    }

    @Test
    void producerIdThatNobodyUsesIsForgotten() throws Exception {
        var topic = world.topic("producer-ids", APPEND_TIME);
        world.send(topic, "k", "v");
        world.advance(Duration.ofHours(23));
        assertThat(producers(topic)).hasSize(1);
        world.advance(Duration.ofMinutes(70));
        assertThat(producers(topic)).isEmpty();
    }

    private static List<?> producers(TopicPartition partition) throws Exception {
        return world.admin
                .describeProducers(Set.of(partition))
                .partitionResult(partition)
                .get()
                .activeProducers();
    }

    @Test
    void producerOverItsQuotaIsFreeInTheNextWindows() throws Exception {
        var topic = world.topic("quota");
        world.admin
                .alterClientQuotas(List.of(new ClientQuotaAlteration(
                        new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "fast")),
                        List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1_000.0)))))
                .all()
                .get();
        assertThat(throttledMs(topic, 20_000)).isPositive();
        world.advance(Duration.ofSeconds(11));
        assertThat(throttledMs(topic, 1_000)).isZero();
    }

    private static double throttledMs(TopicPartition topic, int bytes) throws Exception {
        var producer = world.producer("client.id", "fast", "metrics.recording.level", "DEBUG");
        try {
            producer.send(new ProducerRecord<>(topic.topic(), "x".repeat(bytes)))
                    .get();
            return metric(producer.metrics(), "produce-throttle-time-max");
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    // ---- logs

    @Test
    void recordsBeyondTheirRetentionAreDeleted() throws Exception {
        var topic = world.topic("retention", APPEND_TIME);
        world.send(topic, "k", "old");
        world.advance(Duration.ofDays(7).minusMinutes(1));
        assertThat(world.earliest(topic)).isZero();
        world.advance(Duration.ofMinutes(6));
        assertThat(world.earliest(topic)).isEqualTo(1);
    }

    @Test
    void segmentThatIsOldEnoughIsEnded() throws Exception {
        var topic = world.topic("roll", APPEND_TIME, "segment.ms=3600000", "retention.ms=10800000");
        world.send(topic, "k", "first");
        world.advance(Duration.ofHours(2));
        world.send(topic, "k", "second");
        world.advance(Duration.ofMinutes(70));
        assertThat(world.values(topic)).containsExactly("second");
    }

    @Test
    void recordsAreCompactedAfterTheLeastLag() throws Exception {
        var topic = world.topic(
                "least-lag",
                "cleanup.policy=compact",
                APPEND_TIME,
                "segment.ms=60000",
                "min.compaction.lag.ms=3600000");
        world.send(topic, "k", "1");
        world.send(topic, "k", "2");
        world.advance(Duration.ofMinutes(2));
        world.send(topic, "k", "3");
        world.advance(Duration.ofMinutes(57));
        assertThat(world.values(topic)).containsExactly("1", "2", "3");
        world.advance(Duration.ofMinutes(2));
        assertThat(world.values(topic)).containsExactly("2", "3");
    }

    @Test
    void recordsAreCompactedAfterTheGreatestLag() throws Exception {
        var topic = world.topic(
                "greatest-lag",
                "cleanup.policy=compact",
                APPEND_TIME,
                "min.cleanable.dirty.ratio=1.0",
                "max.compaction.lag.ms=3600000");
        world.send(topic, "k", "1");
        world.send(topic, "k", "2");
        world.advance(Duration.ofMinutes(70));
        world.send(topic, "other", "3");
        world.advance(Duration.ofMinutes(1));
        assertThat(world.values(topic)).containsExactly("2", "3");
    }

    @Test
    void tombstonesGoAfterTheirRetention() throws Exception {
        var topic = world.topic(
                "tombstones",
                "cleanup.policy=compact",
                APPEND_TIME,
                "segment.ms=60000",
                "min.cleanable.dirty.ratio=0.01",
                "delete.retention.ms=3600000");
        world.send(topic, "k", "1");
        world.send(topic, "k", null);
        world.advance(Duration.ofMinutes(2));
        world.send(topic, "other", "2");
        world.advance(Duration.ofMinutes(2));
        assertThat(world.values(topic)).containsExactly(null, "2");
        world.advance(Duration.ofMinutes(61));
        world.send(topic, "other", "3");
        world.advance(Duration.ofMinutes(2));
        world.send(topic, "other", "4");
        world.advance(Duration.ofMinutes(2));
        assertThat(world.values(topic)).doesNotContainNull().contains("4");
    }

    @Test
    void filesOfADeletedSegmentGoAfterTheirDelay(@TempDir Path directory) throws Exception {
        try (var onDisk = new SteppedBroker(
                EmbeddedBroker.builder().manualTime().topic("files", 1).dataDirectory(directory))) {
            var topic = new TopicPartition("files", 0);
            onDisk.send(topic, "k", "v");
            onDisk.admin
                    .deleteRecords(Map.of(topic, RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
            onDisk.advance(Duration.ofDays(8));
            onDisk.send(topic, "k", "of the machine's time: too old already");
            onDisk.broker.runRetention();
            assertThat(onDisk.earliest(topic)).isEqualTo(2);
            assertThat(deletedFiles(directory)).isNotEmpty();
            onDisk.advance(Duration.ofMillis(59_999));
            assertThat(deletedFiles(directory)).isNotEmpty();
            onDisk.advance(Duration.ofMillis(1));
            assertThat(deletedFiles(directory)).isEmpty();
        }
    }

    private static List<File> deletedFiles(Path directory) {
        File[] found = directory.resolve("files-0").toFile().listFiles((in, name) -> name.endsWith(".deleted"));
        return found == null ? List.of() : List.of(found);
    }

    // ---- connections

    @Test
    void idleConnectionsAreClosed() throws Exception {
        world.topic("idle");
        var producer =
                world.producer("client.id", "idle", "enable.metrics.push", "false"); // no connection but the asked for
        try {
            producer.partitionsFor("idle");
            double open = metric(producer.metrics(), "connection-count");
            double closed = metric(producer.metrics(), "connection-close-total");
            assertThat(open).isPositive();
            world.advance(Duration.ofMinutes(10));
            until(() -> metric(producer.metrics(), "connection-close-total") >= closed + open);
            assertThat(producer.partitionsFor("idle")).hasSize(1);
        } finally {
            producer.close(Duration.ZERO);
        }
    }
}
