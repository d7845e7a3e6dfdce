package dev.embeddedbroker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.TestImages;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionTest {

    private static final List<Integer> BOTH = List.of(1, 2);

    @TempDir
    Path directory;

    private OneBroker broker;

    @BeforeEach
    void start() {
        broker = new OneBroker(directory, 2);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static ReadSpec read(long from, Isolation isolation) {
        return new ReadSpec(from, 1 << 20, true, isolation, -1, -1, true);
    }

    private int recordsRead(ReadSpec spec) {
        return broker.on("t", 0, p -> {
            var outcome = p.read(spec);
            assertThat(outcome.error()).isEqualTo(ErrorCode.NONE);
            if (outcome.slice() == null) return 0;
            try (var slice = outcome.slice()) {
                int count = 0;
                for (var record : MemoryRecords.readableRecords(slice.bytes()).records()) count++;
                return count;
            }
        });
    }

    private ErrorCode readError(ReadSpec spec) {
        return broker.on("t", 0, p -> p.read(spec).error());
    }

    @Test
    void aloneInTheIsrTheHighWatermarkFollowsTheEnd() {
        broker.topic("t", 1);
        var outcome = broker.append("t", 0, "a", "b");
        assertThat(outcome.error()).isEqualTo(ErrorCode.NONE);
        assertThat(outcome.firstOffset()).isZero();
        assertThat(outcome.lastOffset()).isEqualTo(1);
        assertThat(broker.on("t", 0, Partition::highWatermark)).isEqualTo(2L);
    }

    @Test
    void consumersSeeOnlyWhatAllInSyncReplicasHave() {
        broker.topic("t", 1, BOTH);
        broker.append("t", 0, "a", "b");
        assertThat(recordsRead(read(0, Isolation.HIGH_WATERMARK))).isZero();
        assertThat(recordsRead(read(0, Isolation.LOG_END))).isEqualTo(2);
        follow(2);
        assertThat(recordsRead(read(0, Isolation.HIGH_WATERMARK))).isEqualTo(2);
    }

    private void follow(long fetchOffset) {
        broker.on("t", 0, p -> {
            p.followerFetched(2, fetchOffset, 0);
            return null;
        });
        broker.loops.runAll();
    }

    @Test
    void ackWaitsAreToldInTheOrderOfTheirOffsets() {
        broker.topic("t", 1, BOTH);
        var told = new ArrayList<String>();
        broker.append("t", 0, "a");
        broker.append("t", 0, "b");
        broker.on("t", 0, p -> {
            p.whenCovered(2, error -> told.add("2 " + error));
            p.whenCovered(1, error -> told.add("1 " + error));
            p.whenCovered(0, error -> told.add("0 " + error));
            return null;
        });
        assertThat(told).containsExactly("0 NONE");
        follow(1);
        assertThat(told).containsExactly("0 NONE", "1 NONE");
        follow(2);
        assertThat(told).containsExactly("0 NONE", "1 NONE", "2 NONE");
    }

    @Test
    void ackWaitsFailWhenLeadershipIsLost() {
        broker.topic("t", 1, BOTH);
        var told = new ArrayList<ErrorCode>();
        broker.append("t", 0, "a");
        broker.on("t", 0, p -> {
            p.whenCovered(1, told::add);
            return null;
        });
        broker.change("t", 0, old -> TestImages.partition(0, 2, 1, BOTH, BOTH));
        assertThat(told).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(broker.append("t", 0, "b").error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(readError(read(0, Isolation.HIGH_WATERMARK))).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void isrBelowTheMinimumIsToldAfterTheAppend() {
        broker.settings("t", new PartitionSettings(LogOptions.DEFAULT, 2)).topic("t", 1, BOTH);
        var told = new ArrayList<ErrorCode>();
        broker.append("t", 0, "a");
        broker.on("t", 0, p -> {
            p.whenCovered(1, told::add);
            return null;
        });
        broker.change("t", 0, old -> TestImages.partition(0, 1, 0, BOTH, List.of(1)));
        assertThat(told).containsExactly(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        assertThat(broker.append("t", 0, "b").error()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
    }

    @Test
    void topicWithOneReplicaNeedsNoMoreThanOneInSync() {
        broker.settings("t", new PartitionSettings(LogOptions.DEFAULT, 2)).topic("t", 1);
        assertThat(broker.append("t", 0, "a").error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void readersWithAnotherEpochAreFenced() {
        broker.topic("t", 1).change("t", 0, old -> TestImages.partition(0, 1, 4, List.of(1), List.of(1)));
        assertThat(readError(new ReadSpec(0, 1, true, Isolation.HIGH_WATERMARK, 3, -1, true)))
                .isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(readError(new ReadSpec(0, 1, true, Isolation.HIGH_WATERMARK, 5, -1, true)))
                .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(readError(new ReadSpec(0, 1, true, Isolation.HIGH_WATERMARK, 4, -1, true)))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void offsetsOutsideTheLogAreOutOfRange() {
        broker.topic("t", 1);
        broker.append("t", 0, "a", "b");
        assertThat(readError(read(3, Isolation.HIGH_WATERMARK))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(readError(read(2, Isolation.HIGH_WATERMARK))).isEqualTo(ErrorCode.NONE);
        assertThat(broker.on("t", 0, p -> p.deleteRecords(2)).lowWatermark()).isEqualTo(2);
        assertThat(readError(read(1, Isolation.HIGH_WATERMARK))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void divergingReaderIsToldWhereItsEpochEnds() {
        broker.topic("t", 1);
        broker.append("t", 0, "a", "b");
        broker.change("t", 0, old -> TestImages.partition(0, 1, 3, List.of(1), List.of(1)));
        broker.append("t", 0, "c");
        var outcome = broker.on("t", 0, p -> p.read(new ReadSpec(3, 1, true, Isolation.HIGH_WATERMARK, -1, 0, true)));
        assertThat(outcome.error()).isEqualTo(ErrorCode.NONE);
        assertThat(outcome.diverging().epoch()).isZero();
        assertThat(outcome.diverging().endOffset()).isEqualTo(2);
    }

    @Test
    void deletedPartitionAnswersWhoeverWaits() {
        broker.topic("t", 1, BOTH);
        var told = new ArrayList<ErrorCode>();
        var partition = broker.partition("t", 0);
        broker.append("t", 0, "a");
        broker.on("t", 0, p -> {
            p.whenCovered(1, told::add);
            return null;
        });
        broker.delete("t");
        assertThat(told).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(broker.partition("t", 0)).isNull();
        assertThat(broker.on(partition, p -> p.append(OneBroker.batch("x"), AppendOrigin.CLIENT, 1))
                        .error())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void coordinatorsAppendAndReplay() {
        broker.topic("t", 1);
        var outcomes = new ArrayList<AppendOutcome>();
        broker.on("t", 0, p -> {
            p.appendThen(OneBroker.batch("a", "b", "c"), AppendOrigin.COORDINATOR, outcomes::add);
            return null;
        });
        assertThat(outcomes).singleElement().satisfies(o -> assertThat(o.lastOffset())
                .isEqualTo(2));
        assertThat(recordsRead(ReadSpec.replay(0, 1 << 20))).isEqualTo(3);
    }

    @Test
    void roleListenersHearOfElectionsAndResignationsInPairs() {
        var heard = new ArrayList<String>();
        broker.partitions.addRoleListener(new RoleListener() {
            @Override
            public void onElected(Partition partition, int leaderEpoch) {
                heard.add("elected " + partition + " " + leaderEpoch);
            }

            @Override
            public void onResigned(Partition partition, int leaderEpoch) {
                heard.add("resigned " + partition + " " + leaderEpoch);
            }
        });
        broker.topic("t", 1, BOTH);
        broker.change("t", 0, old -> TestImages.partition(0, 1, 1, BOTH, BOTH));
        broker.change("t", 0, old -> TestImages.partition(0, 1, 1, BOTH, List.of(1)));
        broker.change("t", 0, old -> TestImages.partition(0, 2, 2, BOTH, BOTH));
        broker.change("t", 0, old -> TestImages.partition(0, 1, 3, BOTH, BOTH));
        broker.delete("t");
        assertThat(heard)
                .containsExactly(
                        "elected t-0 0",
                        "resigned t-0 0",
                        "elected t-0 1",
                        "resigned t-0 1",
                        "elected t-0 3",
                        "resigned t-0 3");
    }

    @Test
    void topicsOnABrokenDiskAreOfflineAndOthersGoOn() {
        broker.breakDiskOf("bad").topic("bad", 1).topic("good", 1);
        assertThat(broker.partition("bad", 0)).isNull();
        assertThat(broker.partitions.whyAbsent("bad", 0)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(broker.append("good", 0, "a").error()).isEqualTo(ErrorCode.NONE);
        assertThat(broker.partitions.whyAbsent("nowhere", 0)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(broker.partitions.whyAbsent("good", 9)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void partitionWhoseDiskFailsIsOfflineAndOthersGoOn() {
        broker.topic("t", 2, BOTH);
        var told = new ArrayList<ErrorCode>();
        broker.append("t", 0, "a");
        broker.on("t", 0, p -> {
            p.whenCovered(1, told::add);
            p.onLog(log -> {
                throw new StorageException("the disk is full");
            });
            return null;
        });
        assertThat(told).containsExactly(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(broker.append("t", 0, "b").error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(readError(read(0, Isolation.LOG_END))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(broker.append("t", 1, "b").error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void partitionsThatAreElsewhereSayNotLeader() {
        broker.topic("t", 1, List.of(2));
        assertThat(broker.partition("t", 0)).isNull();
        assertThat(broker.partitions.whyAbsent("t", 0)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void recreatedTopicIsEmptyUnderItsNewId() {
        broker.topic("t", 1);
        var oldId = broker.topicImage("t").id();
        broker.append("t", 0, "a");
        broker.delete("t").topic("t", 1);
        assertThat(broker.on("t", 0, Partition::endOffset)).isZero();
        assertThat(broker.partitions.find(oldId, 0)).isNull();
        assertThat(broker.partitions.find(broker.topicImage("t").id(), 0)).isSameAs(broker.partition("t", 0));
    }

    @Test
    void logIsThereAgainAfterACleanClose() {
        broker.topic("t", 2);
        broker.append("t", 1, "a", "b");
        broker.close();
        broker = new OneBroker(directory, 1).topic("t", 2);
        assertThat(broker.on("t", 1, Partition::highWatermark)).isEqualTo(2L);
    }

    @Test
    void settingsChangeWhileItRuns() {
        broker.topic("t", 1);
        broker.reconfigure(
                "t",
                new PartitionSettings(
                        LogOptions.builder().cleanupPolicy(false, true).build(), 1));
        assertThat(broker.on("t", 0, p -> p.deleteRecords(0)).error()).isEqualTo(ErrorCode.POLICY_VIOLATION);
    }
}
