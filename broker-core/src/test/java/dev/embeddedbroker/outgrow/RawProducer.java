package dev.embeddedbroker.outgrow;

import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A producer that says itself which producer id, epoch and sequence its batches have. */
final class RawProducer {
    private static final short VERSION = 13;

    private final long producerId;
    private final short epoch;

    RawProducer(long producerId, int epoch) {
        this.producerId = producerId;
        this.epoch = (short) epoch;
    }

    /** Sends one batch of one record; the answer's base offset and error code. */
    ProduceResponseData.PartitionProduceResponse send(
            String bootstrapServers, Uuid topic, int partition, int sequence, SimpleRecord record) throws IOException {
        var batch = MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, epoch, sequence, record);
        var topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setTopicId(topic)
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(batch))));
        var request = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(10_000)
                .setTopicData(topics);
        var address = bootstrapServers.split(":", -1);
        try (var client = new WireClient(new InetSocketAddress(address[0], Integer.parseInt(address[1])))) {
            var answer = (ProduceResponseData)
                    client.ask(ApiKeys.PRODUCE, VERSION, 7, request).data();
            return answer.responses().iterator().next().partitionResponses().get(0);
        }
    }
}
