package dev.embeddedbroker.examples.benchmarks.jmh;

import dev.embeddedbroker.examples.benchmarks.Payload;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.BatchCheck;
import dev.embeddedbroker.storage.batch.BatchOpener;
import dev.embeddedbroker.storage.batch.BatchRules;
import dev.embeddedbroker.storage.batch.CheckedRecords;
import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

/** The check of one batch that a client sends: 24 KiB of records before they are compressed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp() first
public class CheckPieces {
    private static final int RECORDS_BYTES = 24 * 1024;

    /** Bytes of a record's value; fewer bytes are more records in the batch. */
    @Param({"100", "1024"})
    public int recordBytes;

    /** How the batch is compressed. */
    @Param({"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    public Compression codec;

    private final BatchCheck check = new BatchCheck(new BatchOpener());
    private ByteBuffer batch;

    @Setup(Level.Trial)
    public void setUp() {
        var payload = new Payload(recordBytes);
        var builder = new RecordBatchBuilder().compression(codec);
        long now = System.currentTimeMillis();
        for (int i = 0; i < RECORDS_BYTES / recordBytes; i++) {
            builder.append(now, null, payload.get(i));
        }
        ByteBuffer built = builder.build();
        batch = ByteBuffer.allocateDirect(built.remaining()).put(built).flip();
    }

    /** Its frame, its checksum, its header and each record. */
    @Benchmark
    public CheckedRecords check() {
        batch.clear();
        batch.putLong(RecordBatchView.BASE_OFFSET, 0); // stamped by the check before
        return check.check(batch, AppendOrigin.CLIENT, BatchRules.DEFAULT, 7, 0, System.currentTimeMillis());
    }
}
