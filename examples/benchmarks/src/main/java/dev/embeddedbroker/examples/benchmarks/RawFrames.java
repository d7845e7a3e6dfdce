package dev.embeddedbroker.examples.benchmarks;

import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchPartition;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchTopic;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;

/** Whole frames as they go over the wire: topics by name, so that one frame fits every broker. */
final class RawFrames {
    static final short PRODUCE_VERSION = 12;
    static final short FETCH_VERSION = 12;
    private static final int RECORD_OVERHEAD_BYTES = 12;

    private RawFrames() {}

    /** A batch of about that many bytes of records of {@code recordBytes} each. */
    static ByteBuffer batch(int batchBytes, int recordBytes) {
        var payload = new Payload(recordBytes);
        var batch = new RecordBatchBuilder();
        long now = System.currentTimeMillis();
        do {
            batch.append(now, null, payload.get(batch.recordCount()));
        } while (batch.sizeBytes() + recordBytes + RECORD_OVERHEAD_BYTES <= batchBytes);
        return batch.build();
    }

    static ByteBuffer produce(String topic, ByteBuffer batch, short acks) {
        var data = new TopicProduceData().setName(topic);
        data.partitionData.add(new PartitionProduceData().setIndex(0).setRecords(batch));
        var request = new ProduceRequest().setAcks(acks).setTimeoutMs(30_000);
        request.topicData.add(data);
        return frame(request, PRODUCE_VERSION);
    }

    /** What is there from offset 0 on, up to {@code maxBytes}; without a session. */
    static ByteBuffer fetch(String topic, int maxBytes) {
        var fetched = new FetchTopic().setTopic(topic);
        fetched.partitions.add(
                new FetchPartition().setPartition(0).setFetchOffset(0).setPartitionMaxBytes(maxBytes));
        var request = new FetchRequest()
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(maxBytes)
                .setSessionId(0)
                .setSessionEpoch(-1);
        request.topics.add(fetched);
        return frame(request, FETCH_VERSION);
    }

    private static ByteBuffer frame(Request request, short version) {
        var out = new WireWriter(512);
        int size = out.reserveInt32();
        var header = new RequestHeader()
                .setRequestApiKey(request.apiKey())
                .setRequestApiVersion(version)
                .setCorrelationId(1)
                .setClientId("raw");
        header.write(out, request.api().requestHeaderVersion(version));
        request.write(out, version);
        out.patchInt32(size, out.size() - Integer.BYTES);
        return out.toByteBuffer();
    }
}
