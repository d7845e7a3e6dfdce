package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.header.ResponseHeader;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchPartition;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchTopic;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the loops allocate on the heap for a request of one partition: not more than so much, and no more when the batch
 * has a hundred times the records.
 */
class AllocationTest {
    private static final int WARM_UP = 500;
    private static final int COUNTED = 500;
    private static final short VERSION = 12; // of both: the last by name of a topic
    private static final int MOST_BYTES = 8 * 1024;
    private static final int FEW = 10;
    private static final int MANY = 1_000;

    private EmbeddedBroker broker;
    private Socket socket;
    private DataInputStream in;
    private DataOutputStream out;

    @BeforeEach
    void connect() throws IOException {
        broker = EmbeddedBroker.builder()
                .topic("few", 1)
                .topic("many", 1)
                .build()
                .start();
        String[] address = broker.bootstrapServers().split(":", 2);
        socket = new Socket(address[0], Integer.parseInt(address[1]));
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 20));
    }

    @AfterEach
    void disconnect() throws IOException {
        socket.close();
        broker.close();
    }

    @Test
    void produceAllocatesABoundedNumberOfBytesWhateverItsRecords() throws IOException {
        long few = perRequest(produce("few", FEW), new ProduceResponse());
        long many = perRequest(produce("many", MANY), new ProduceResponse());

        assertThat(few).isBetween(0L, (long) MOST_BYTES);
        assertThat(many)
                .as("%d records, where %d took %d bytes", MANY, FEW, few)
                .isBetween(0L, (long) MOST_BYTES);
    }

    @Test
    void fetchAllocatesABoundedNumberOfBytesWhateverItsRecords() throws IOException {
        exchange(produce("few", FEW), new ProduceResponse());
        exchange(produce("many", MANY), new ProduceResponse());

        long few = perRequest(fetch("few"), new FetchResponse());
        long many = perRequest(fetch("many"), new FetchResponse());

        assertThat(few).isBetween(0L, (long) MOST_BYTES);
        assertThat(many)
                .as("%d records, where %d took %d bytes", MANY, FEW, few)
                .isBetween(0L, (long) MOST_BYTES);
    }

    private long perRequest(Request request, Response response) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            exchange(request, response);
        }
        long before = allocatedByLoops();
        for (int i = 0; i < COUNTED; i++) {
            exchange(request, response);
        }
        return (allocatedByLoops() - before) / COUNTED;
    }

    private static long allocatedByLoops() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (var thread : threads.dumpAllThreads(false, false)) {
            if (thread.getThreadName().startsWith("embedded-broker-")) {
                bytes += threads.getThreadAllocatedBytes(thread.getThreadId());
            }
        }
        return bytes;
    }

    private void exchange(Request request, Response response) throws IOException {
        var frame = new WireWriter(512);
        new RequestHeader()
                .setRequestApiKey(request.apiKey())
                .setRequestApiVersion(VERSION)
                .setClientId("raw")
                .write(frame, request.api().requestHeaderVersion(VERSION));
        request.write(frame, VERSION);
        byte[] bytes = new byte[frame.size()];
        frame.toByteBuffer().get(bytes);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
        var answer = new WireReader(ByteBuffer.wrap(in.readNBytes(in.readInt())));
        new ResponseHeader().read(answer, request.api().responseHeaderVersion(VERSION));
        response.read(answer, VERSION);
        requireNoError(response);
    }

    private static void requireNoError(Response response) {
        if (response instanceof ProduceResponse produced) {
            assertThat(produced.responses.get(0).partitionResponses.get(0).errorCode)
                    .isZero();
        } else if (response instanceof FetchResponse fetched) {
            var partition = fetched.responses.get(0).partitions.get(0);
            assertThat(partition.errorCode).isZero();
            assertThat(partition.records.remaining()).isPositive();
        }
    }

    private static Request produce(String topic, int records) {
        var batch = new RecordBatchBuilder();
        long now = System.currentTimeMillis();
        for (int i = 0; i < records; i++) {
            batch.append(now, null, new byte[100]);
        }
        var data = new TopicProduceData().setName(topic);
        data.partitionData.add(new PartitionProduceData().setRecords(batch.build()));
        var request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(60_000);
        request.topicData.add(data);
        return request;
    }

    private static Request fetch(String topic) {
        var fetched = new FetchTopic().setTopic(topic);
        fetched.partitions.add(new FetchPartition().setPartitionMaxBytes(1 << 20));
        var request = new FetchRequest().setMaxBytes(1 << 20).setMinBytes(1).setSessionEpoch(-1);
        request.topics.add(fetched);
        return request;
    }
}
