package dev.embeddedbroker.coordinator.txn.peer;

import dev.embeddedbroker.coordinator.txn.peer.Side.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransactionCollection;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Requests about the partitions of topic {@code t}, whose id both brokers know. */
final class Requests {
    static final String TOPIC = "t";
    static final int PARTITIONS = 3;

    private final Uuid topicId;

    Requests(Uuid topicId) {
        this.topicId = topicId;
    }

    static AddPartitionsToTxnRequestData add(String id, Identity who, List<String> partitions) {
        return new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(id)
                .setV3AndBelowProducerId(who.producerId())
                .setV3AndBelowProducerEpoch(who.epoch())
                .setV3AndBelowTopics(topics(partitions));
    }

    static AddPartitionsToTxnRequestData batch(List<AddPartitionsToTxnTransaction> transactions) {
        var all = new AddPartitionsToTxnTransactionCollection();
        transactions.forEach(all::add);
        return new AddPartitionsToTxnRequestData().setTransactions(all);
    }

    static AddPartitionsToTxnTransaction transaction(
            String id, Identity who, boolean onlyVerify, List<String> partitions) {
        return new AddPartitionsToTxnTransaction()
                .setTransactionalId(id)
                .setProducerId(who.producerId())
                .setProducerEpoch(who.epoch())
                .setVerifyOnly(onlyVerify)
                .setTopics(topics(partitions));
    }

    /** Partitions by names such as {@code t-0}. */
    private static AddPartitionsToTxnTopicCollection topics(List<String> partitions) {
        var byTopic = new TreeMap<String, AddPartitionsToTxnTopic>();
        for (String partition : partitions) {
            int dash = partition.lastIndexOf('-');
            byTopic.computeIfAbsent(
                            partition.substring(0, dash),
                            name -> new AddPartitionsToTxnTopic().setName(name).setPartitions(new ArrayList<>()))
                    .partitions()
                    .add(Integer.parseInt(partition.substring(dash + 1)));
        }
        var all = new AddPartitionsToTxnTopicCollection();
        byTopic.values().forEach(all::add);
        return all;
    }

    ProduceRequestData produce(int version, String id, Identity who, int partition, int sequence, String value) {
        var batch = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                who.producerId(),
                who.epoch(),
                sequence,
                new SimpleRecord(1_000_000L, "k".getBytes(), value.getBytes()));
        var topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(version < 13 ? TOPIC : "")
                .setTopicId(version < 13 ? Uuid.ZERO_UUID : topicId)
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(batch))));
        return new ProduceRequestData()
                .setTransactionalId(id)
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(topics);
    }

    TxnOffsetCommitRequestData commit(int version, String id, Identity who, String group, int generation, long offset) {
        var topic = new TxnOffsetCommitRequestTopic()
                .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("m")));
        if (version < 6) {
            topic.setName(TOPIC);
        } else {
            topic.setTopicId(topicId);
        }
        var request = new TxnOffsetCommitRequestData()
                .setTransactionalId(id)
                .setGroupId(group)
                .setProducerId(who.producerId())
                .setProducerEpoch(who.epoch())
                .setTopics(List.of(topic));
        return version < 3 ? request : request.setGenerationIdOrMemberEpoch(generation);
    }

    static WriteTxnMarkersRequestData markers(int version, Identity who, boolean commit, int partition) {
        var marker = new WritableTxnMarker()
                .setProducerId(who.producerId())
                .setProducerEpoch(who.epoch())
                .setTransactionResult(commit)
                .setCoordinatorEpoch(0)
                .setTopics(List.of(
                        new WritableTxnMarkerTopic().setName(TOPIC).setPartitionIndexes(List.of(partition, 77))));
        if (version >= 2) {
            marker.setTransactionVersion((byte) 2);
        }
        return new WriteTxnMarkersRequestData().setMarkers(List.of(marker));
    }

    static DescribeProducersRequestData describeProducers() {
        var indexes = new ArrayList<Integer>();
        for (int i = 0; i <= PARTITIONS; i++) {
            indexes.add(i);
        }
        var topics = new DescribeProducersRequestData.TopicRequestCollection();
        topics.add(
                new DescribeProducersRequestData.TopicRequest().setName(TOPIC).setPartitionIndexes(indexes));
        return new DescribeProducersRequestData().setTopics(topics);
    }

    static DeleteRecordsRequestData delete(int partition, long before) {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(30_000)
                .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(before)))));
    }

    static FetchRequestData fetch(int partition, long from, boolean committed) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setIsolationLevel((byte) (committed ? 1 : 0))
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(TOPIC)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(partition)
                                .setFetchOffset(from)
                                .setPartitionMaxBytes(1 << 20)))));
    }

    /** @param time -1 for the end, -2 for the start */
    static ListOffsetsRequestData offsets(long time, boolean committed) {
        var partitions = new ArrayList<ListOffsetsRequestData.ListOffsetsPartition>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new ListOffsetsRequestData.ListOffsetsPartition()
                    .setPartitionIndex(i)
                    .setTimestamp(time));
        }
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setIsolationLevel((byte) (committed ? 1 : 0))
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(TOPIC)
                        .setPartitions(partitions)));
    }

    static OffsetFetchRequestData offsets(String group, boolean stable) {
        return new OffsetFetchRequestData()
                .setGroups(
                        List.of(new OffsetFetchRequestGroup().setGroupId(group).setTopics(null)))
                .setRequireStable(stable);
    }
}
