package dev.embeddedbroker.outgrow;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestHeader;

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
        var header = new RequestHeader(ApiKeys.PRODUCE, VERSION, "raw", 7);
        var address = bootstrapServers.split(":", -1);
        try (var socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.setSoTimeout(20_000);
            var head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                    .buffer();
            var body = MessageUtil.toByteBufferAccessor(request, VERSION).buffer();
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(head.remaining() + body.remaining());
            out.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
            out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            var answer = new byte[in.readInt()];
            in.readFully(answer);
            var buffer = java.nio.ByteBuffer.wrap(answer);
            buffer.position(5); // correlation id, no tagged fields
            return new ProduceResponseData(new ByteBufferAccessor(buffer), VERSION)
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0);
        }
    }
}
