package dev.embeddedbroker.examples.benchmarks.jmh;

import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.FetchResponse.FetchableTopicResponse;
import dev.embeddedbroker.protocol.response.FetchResponse.PartitionData;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.disk.MemoryDisk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a produce and a fetch request are made of, piece by piece: one batch of 16 KiB. With {@code -prof gc} the bytes
 * allocated for each; none may grow with the number of records.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp() first
public class HotPieces {
    private static final int BATCH_BYTES = 16 * 1024;
    private static final short PRODUCE_VERSION = 13;
    private static final short FETCH_VERSION = 18;
    private static final int READ_BATCHES = 4096;
    private static final long KEPT_BYTES = 64L * 1024 * 1024;

    /** Bytes of a record's value; fewer bytes are more records in the batch. */
    @Param({"100", "1024"})
    public int recordBytes;

    /** Where the log is kept: memory, disk. */
    @Param({"memory", "disk"})
    public String kept;

    private ByteBuffer batch;
    private ByteBuffer request;
    private Disk disk;
    private Path directory;
    private PartitionLog written;
    private PartitionLog read;
    private AppendOptions how;
    private long next;
    private FetchResponse answer;

    @Setup(Level.Trial)
    public void setUp() {
        batch = direct(batch(recordBytes));
        request = direct(request(batch.duplicate()));
        disk = kept.equals("memory") ? new MemoryDisk() : MappedDisk.forScratch();
        directory = disk.createTemporaryDirectory("hot-pieces-");
        how = AppendOptions.client(0, System.currentTimeMillis());
        written = PartitionLog.open(disk, directory.resolve("written-0"), LogOptions.DEFAULT, 0);
        read = PartitionLog.open(disk, directory.resolve("read-0"), LogOptions.DEFAULT, 0);
        for (int i = 0; i < READ_BATCHES; i++) {
            append(read);
        }
        answer = answerWith(read.read(0, read.endOffset(), 1 << 20, true).bytes());
    }

    @TearDown(Level.Trial)
    public void tearDown() {
        written.close();
        read.close();
        disk.deleteTree(directory);
    }

    private static ByteBuffer batch(int recordBytes) {
        var builder = new RecordBatchBuilder();
        long now = System.currentTimeMillis();
        do {
            builder.append(now, null, new byte[recordBytes]);
        } while (builder.sizeBytes() + recordBytes < BATCH_BYTES);
        return builder.build();
    }

    private static ByteBuffer direct(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
    }

    private static ByteBuffer request(ByteBuffer batch) {
        var topic = new TopicProduceData();
        topic.partitionData.add(new PartitionProduceData().setRecords(batch));
        var produce = new ProduceRequest().setAcks((short) -1).setTimeoutMs(30_000);
        produce.topicData.add(topic);
        var out = new WireWriter(512);
        new RequestHeader()
                .setRequestApiVersion(PRODUCE_VERSION)
                .setClientId("producer-1")
                .write(out, produce.api().requestHeaderVersion(PRODUCE_VERSION));
        produce.write(out, PRODUCE_VERSION);
        return out.toByteBuffer();
    }

    private static FetchResponse answerWith(ByteBuffer records) {
        var topic = new FetchableTopicResponse();
        topic.partitions.add(new PartitionData().setRecords(records));
        var answer = new FetchResponse();
        answer.responses.add(topic);
        return answer;
    }

    private long append(PartitionLog log) {
        batch.clear();
        batch.putLong(RecordBatchView.BASE_OFFSET, 0); // stamped by the append before
        return log.append(batch, how).lastOffset();
    }

    /** From the frame to the request's objects. */
    @Benchmark
    public ProduceRequest decodeProduce() {
        var in = new WireReader(request.duplicate());
        var header = new RequestHeader();
        header.read(in, (short) 2);
        var produce = new ProduceRequest();
        produce.read(in, PRODUCE_VERSION);
        return produce;
    }

    /** The checksum of a batch. */
    @Benchmark
    public boolean crc() {
        return RecordBatchView.of(batch).crcMatches();
    }

    /** Check, stamp, write, index. The log is cut now and then, outside what is measured as far as that goes. */
    @Benchmark
    public long append() {
        if (written.sizeBytes() > KEPT_BYTES) {
            written.restartAt(0, 0);
        }
        return append(written);
    }

    /** Finds an offset by index and walk, and takes a lease on its batch. */
    @Benchmark
    public int readOneBatch() {
        next = (next + 7_919) % read.endOffset();
        try (LogSlice slice = read.read(next, read.endOffset(), 1, true)) {
            return slice.sizeBytes();
        }
    }

    /** The same for a MiB. */
    @Benchmark
    public int readOneMebibyte() {
        next = (next + 7_919) % read.endOffset();
        try (LogSlice slice = read.read(next, read.endOffset(), 1 << 20, true)) {
            return slice.sizeBytes();
        }
    }

    /** The answer's bytes around the records, which are not copied. */
    @Benchmark
    public List<ByteBuffer> encodeFetch() {
        var out = new WireWriter(512);
        answer.write(out, FETCH_VERSION);
        return out.segments();
    }
}
