package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.TestImages;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.partition.PartitionSettings;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.DeleteRecordsRequest;
import dev.embeddedbroker.protocol.request.DescribeLogDirsRequest;
import dev.embeddedbroker.protocol.request.DescribeProducersRequest;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest;
import dev.embeddedbroker.protocol.request.OffsetForLeaderEpochRequest;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.log.LogId;
import dev.embeddedbroker.storage.log.LogOptions;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ListOffsets, OffsetForLeaderEpoch, DeleteRecords, DescribeLogDirs and DescribeProducers. */
class OffsetHandlersTest {

    @TempDir
    Path directory;

    private OneBroker broker;

    @BeforeEach
    void start() {
        broker = new OneBroker(directory, 2).topic("t", 2);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private <Q extends dev.embeddedbroker.protocol.Request> RecordedRequest send(
            ApiKey key, int version, ApiHandler<Q> handler, Q request) {
        var context = new RecordedRequest(broker.loop(0), key, version);
        broker.loops.inside(context.loop(), () -> context.handledBy(handler, request));
        broker.loops.runAll();
        return context;
    }

    // ---- ListOffsets

    private static ListOffsetsRequest.ListOffsetsPartition at(int partition, long timestamp) {
        return new ListOffsetsRequest.ListOffsetsPartition()
                .setPartitionIndex(partition)
                .setTimestamp(timestamp);
    }

    private static ListOffsetsRequest offsets(String topic, ListOffsetsRequest.ListOffsetsPartition... asked) {
        var request = new ListOffsetsRequest().setReplicaId(-1);
        request.topics.add(
                new ListOffsetsRequest.ListOffsetsTopic().setName(topic).setPartitions(List.of(asked)));
        return request;
    }

    private List<ListOffsetsPartitionResponse> list(int version, ListOffsetsRequest request) {
        var handler = new ListOffsetsHandler(broker.partitions);
        return send(ApiKey.LIST_OFFSETS, version, handler, request)
                .answer(new ListOffsetsResponseData())
                .topics()
                .get(0)
                .partitions();
    }

    private ListOffsetsPartitionResponse list(int version, long timestamp) {
        return list(version, offsets("t", at(0, timestamp))).get(0);
    }

    private void timestamps(long... all) {
        for (long timestamp : all) {
            var batch = MemoryRecords.withRecords(
                    Compression.NONE, new SimpleRecord(timestamp, "k".getBytes(), "v".getBytes()));
            broker.on("t", 0, p -> p.append(OneBroker.copy(batch), AppendOrigin.CLIENT, -1));
        }
        broker.loops.runAll();
    }

    private static void assertFound(ListOffsetsPartitionResponse answer, long timestamp, long offset) {
        assertThat(ErrorCode.forId(answer.errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(answer.timestamp()).isEqualTo(timestamp);
        assertThat(answer.offset()).isEqualTo(offset);
    }

    @Test
    void startEndAndTimestampsAreFoundInEveryVersion() {
        timestamps(1000, 3000, 2000);
        for (int version = 1; version <= 11; version++) {
            assertFound(list(version, -1), -1, 3);
            assertFound(list(version, -2), -1, 0);
            assertFound(list(version, 1500), 3000, 1);
            assertFound(list(version, 0), 1000, 0);
            assertFound(list(version, 9999), -1, -1);
            assertThat(list(version, -1).leaderEpoch()).isEqualTo(version >= 4 ? 0 : -1);
            assertThat(list(version, -2).leaderEpoch()).isEqualTo(version >= 4 ? 0 : -1);
        }
    }

    @Test
    void numbersThatAreNoTimestampsAreKnownFromTheirVersionOn() {
        timestamps(1000, 3000, 2000);
        int[][] firstVersions = {{-3, 7}, {-4, 8}, {-5, 9}, {-6, 11}};
        for (var each : firstVersions) {
            assertThat(ErrorCode.forId(list(each[1] - 1, each[0]).errorCode()))
                    .isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
            assertThat(list(each[1], each[0]).errorCode()).isZero();
        }
        assertThat(ErrorCode.forId(list(11, -7).errorCode())).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertFound(list(11, -3), 3000, 1);
        assertFound(list(11, -4), -1, 0);
        assertFound(list(11, -5), -1, -1);
        assertFound(list(11, -6), -1, -1);
    }

    @Test
    void emptyPartitionStartsAndEndsAtZero() {
        assertFound(list(11, -1), -1, 0);
        assertFound(list(11, -2), -1, 0);
        assertFound(list(11, -3), -1, -1);
        assertFound(list(11, 5), -1, -1);
    }

    @Test
    void partitionNamedTwiceIsAnInvalidRequestAndOthersAreNot() {
        var answers = list(11, offsets("t", at(0, -1), at(1, -1), at(0, -2)));
        assertThat(answers)
                .extracting(a -> ErrorCode.forId(a.errorCode()))
                .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.NONE);
        assertThat(answers.get(0).offset()).isEqualTo(-1);
    }

    @Test
    void listOffsetsChecksPartitionsAndEpochs() {
        assertThat(ErrorCode.forId(
                        list(11, offsets("nowhere", at(0, -1))).get(0).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(ErrorCode.forId(list(11, offsets("t", at(0, -1).setCurrentLeaderEpoch(3)))
                        .get(0)
                        .errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void committedReadersAreToldTheLastStableOffset() {
        var open = MemoryRecords.withTransactionalRecords(Compression.NONE, 7L, (short) 0, 0, OneBroker.records("a"));
        timestamps(1000);
        broker.on("t", 0, p -> p.append(OneBroker.copy(open), AppendOrigin.CLIENT, -1));
        assertFound(
                list(11, offsets("t", at(0, -1)).setIsolationLevel((byte) 1)).get(0), -1, 1);
        assertFound(list(11, offsets("t", at(0, -1))).get(0), -1, 2);
    }

    @Test
    void endIsNotAvailableUntilTheNewLeaderHasCaughtUp() {
        var both = List.of(1, 2);
        broker.topic("r", 1, both);
        broker.append("r", 0, "a");
        broker.change("r", 0, old -> TestImages.partition(0, 1, 1, both, both));
        assertThat(ErrorCode.forId(list(5, offsets("r", at(0, -1))).get(0).errorCode()))
                .isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
        assertThat(ErrorCode.forId(list(4, offsets("r", at(0, -1))).get(0).errorCode()))
                .isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE);
        assertThat(list(5, offsets("r", at(0, -2))).get(0).errorCode()).isZero();
    }

    // ---- OffsetForLeaderEpoch

    private OffsetForLeaderEpochResponseData.EpochEndOffset epochEnd(int version, int current, int asked) {
        var request = new OffsetForLeaderEpochRequest();
        request.topics.add(new OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
                .setTopic("t")
                .setPartitions(List.of(new OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
                        .setPartition(0)
                        .setCurrentLeaderEpoch(current)
                        .setLeaderEpoch(asked))));
        var handler = new OffsetForLeaderEpochHandler(broker.partitions);
        return send(ApiKey.OFFSET_FOR_LEADER_EPOCH, version, handler, request)
                .answer(new OffsetForLeaderEpochResponseData())
                .topics()
                .find("t")
                .partitions()
                .get(0);
    }

    @Test
    void epochsEndWhereTheNextBegins() {
        timestamps(1, 2);
        broker.change("t", 0, old -> TestImages.partition(0, 1, 5, List.of(1), List.of(1)));
        timestamps(3);
        for (int version = 2; version <= 4; version++) {
            assertThat(epochEnd(version, 5, 0).endOffset()).isEqualTo(2);
            assertThat(epochEnd(version, 5, 3).leaderEpoch()).isZero();
            assertThat(epochEnd(version, -1, 5).endOffset()).isEqualTo(3);
            assertThat(epochEnd(version, 5, 9).endOffset()).isEqualTo(-1);
            assertThat(ErrorCode.forId(epochEnd(version, 4, 0).errorCode())).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
            assertThat(ErrorCode.forId(epochEnd(version, 6, 0).errorCode())).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        }
    }

    // ---- DeleteRecords

    private DeleteRecordsResponseData.DeleteRecordsPartitionResult delete(String topic, int partition, long offset) {
        var request = new DeleteRecordsRequest().setTimeoutMs(1000);
        request.topics.add(new DeleteRecordsRequest.DeleteRecordsTopic()
                .setName(topic)
                .setPartitions(List.of(new DeleteRecordsRequest.DeleteRecordsPartition()
                        .setPartitionIndex(partition)
                        .setOffset(offset))));
        return send(ApiKey.DELETE_RECORDS, 2, new DeleteRecordsHandler(broker.partitions), request)
                .answer(new DeleteRecordsResponseData())
                .topics()
                .find(topic)
                .partitions()
                .find(partition);
    }

    private static void assertDeleted(
            DeleteRecordsResponseData.DeleteRecordsPartitionResult result, ErrorCode error, long lowWatermark) {
        assertThat(ErrorCode.forId(result.errorCode())).isEqualTo(error);
        assertThat(result.lowWatermark()).isEqualTo(lowWatermark);
    }

    @Test
    void deleteRecordsMovesTheStartUpToTheHighWatermarkAtMost() {
        timestamps(1, 2, 3);
        assertDeleted(delete("t", 0, 1), ErrorCode.NONE, 1);
        assertDeleted(delete("t", 0, 0), ErrorCode.NONE, 1);
        assertDeleted(delete("t", 0, 4), ErrorCode.OFFSET_OUT_OF_RANGE, -1);
        assertDeleted(delete("t", 0, -2), ErrorCode.OFFSET_OUT_OF_RANGE, -1);
        assertDeleted(delete("t", 0, -1), ErrorCode.NONE, 3);
        assertFound(list(11, -2), -1, 3);
    }

    @Test
    void deleteRecordsIsRefusedWhereItMakesNoSense() {
        broker.settings(
                        "c",
                        new PartitionSettings(
                                LogOptions.builder().cleanupPolicy(false, true).build(), 1))
                .topic("c", 1)
                .topic("__consumer_offsets", 1);
        assertDeleted(delete("c", 0, -1), ErrorCode.POLICY_VIOLATION, -1);
        assertDeleted(delete("__consumer_offsets", 0, -1), ErrorCode.INVALID_TOPIC_EXCEPTION, -1);
        assertDeleted(delete("nowhere", 0, -1), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1);
    }

    // ---- DescribeLogDirs

    private DescribeLogDirsResponseData logDirs(int version, DescribeLogDirsRequest request) {
        var view = new DescribeLogDirsHandler.LogDirView() {
            @Override
            public String path() {
                return "/data";
            }

            @Override
            public boolean isOnline() {
                return true;
            }

            @Override
            public boolean holds(LogId log) {
                return true;
            }

            @Override
            public long totalBytes() {
                return 100;
            }

            @Override
            public long usableBytes() {
                return 40;
            }
        };
        return send(
                        ApiKey.DESCRIBE_LOG_DIRS,
                        version,
                        new DescribeLogDirsHandler(broker.partitions, List.of(view)),
                        request)
                .answer(new DescribeLogDirsResponseData());
    }

    @Test
    void logDirIsDescribedInEveryVersion() {
        timestamps(1);
        for (int version = 1; version <= 5; version++) {
            var result = logDirs(version, new DescribeLogDirsRequest().setTopics(null))
                    .results()
                    .get(0);
            assertThat(result.logDir()).isEqualTo("/data");
            assertThat(result.totalBytes()).isEqualTo(version >= 4 ? 100 : -1);
            assertThat(result.usableBytes()).isEqualTo(version >= 4 ? 40 : -1);
            assertThat(result.topics()).singleElement().satisfies(topic -> {
                assertThat(topic.name()).isEqualTo("t");
                assertThat(topic.partitions()).hasSize(2);
                assertThat(topic.partitions().get(0).partitionSize()).isPositive();
                assertThat(topic.partitions().get(1).partitionSize()).isZero();
                assertThat(topic.partitions().get(0).offsetLag()).isZero();
            });
        }
    }

    @Test
    void onlyPartitionsAskedForAreDescribed() {
        var request = new DescribeLogDirsRequest();
        request.topics.add(new DescribeLogDirsRequest.DescribableLogDirTopic()
                .setTopic("t")
                .setPartitions(List.of(1, 7)));
        assertThat(logDirs(4, request).results().get(0).topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.partitions())
                        .singleElement()
                        .satisfies(p -> assertThat(p.partitionIndex()).isEqualTo(1)));
    }

    // ---- DescribeProducers

    private DescribeProducersResponseData.PartitionResponse producers(String topic, int partition) {
        var request = new DescribeProducersRequest();
        request.topics.add(
                new DescribeProducersRequest.TopicRequest().setName(topic).setPartitionIndexes(List.of(partition)));
        return send(ApiKey.DESCRIBE_PRODUCERS, 0, new DescribeProducersHandler(broker.partitions), request)
                .answer(new DescribeProducersResponseData())
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    @Test
    void producersAreDescribedWithTheirOpenTransactions() {
        var open = MemoryRecords.withTransactionalRecords(Compression.NONE, 7L, (short) 3, 0, OneBroker.records("a"));
        broker.on("t", 0, p -> p.append(OneBroker.copy(open), AppendOrigin.CLIENT, -1));
        assertThat(producers("t", 0).activeProducers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(7);
            assertThat(producer.producerEpoch()).isEqualTo(3);
            assertThat(producer.lastSequence()).isZero();
            assertThat(producer.coordinatorEpoch()).isEqualTo(-1);
            assertThat(producer.currentTxnStartOffset()).isZero();
        });
        assertThat(producers("t", 1).activeProducers()).isEmpty();
    }

    @Test
    void producersOfWhatIsNotThereAreAnError() {
        assertThat(ErrorCode.forId(producers("nowhere", 0).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(ErrorCode.forId(producers("bad/name", 0).errorCode())).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
    }
}
