package dev.embeddedbroker.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Bytes made to hurt: the answer is a refusal or a harmless batch, never another exception, a long time or much memory. */
class HostileBatchTest {
    private static final long MUCH_MEMORY = 48L * 1024 * 1024;

    private final BatchCheck check = new BatchCheck(new BatchOpener());

    @ParameterizedTest
    @EnumSource(Compression.class)
    void changedBytesAreRefusedOrHarmless(Compression compression) {
        Random random = new Random(31);
        BatchRules lenient = BatchRules.DEFAULT
                .withTimestampBounds(Long.MAX_VALUE, Long.MAX_VALUE)
                .withMaxBytes(Integer.MAX_VALUE, Integer.MAX_VALUE);
        for (int i = 0; i < 1_500; i++) {
            ByteBuffer sent = Kafka.build(Sample.sent(random, compression));
            ByteBuffer bytes = Sample.copy(sent);
            int from = random.nextInt(3) == 0 ? 0 : RecordBatchView.RECORDS;
            int reach = random.nextBoolean() ? bytes.limit() - from : Math.min(40, bytes.limit() - from);
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int at = from + random.nextInt(reach);
                bytes.put(at, (byte)
                        (random.nextBoolean() ? random.nextInt() : bytes.get(at) ^ (1 << random.nextInt(8))));
            }
            if (RecordBatchView.of(bytes).isCompleteAt(bytes.limit())) {
                Sample.resealed(bytes);
            }
            BatchRules rules = random.nextBoolean()
                    ? BatchRules.DEFAULT
                    : BatchRules.DEFAULT.withCompression(Compression.values()[random.nextInt(5)], -1);
            rules = rules.compression() == null
                    ? rules
                    : rules.withCompression(
                            rules.compression(), rules.compression().defaultLevel());
            long before = allocated();
            tolerate(Sample.copy(bytes), AppendOrigin.CLIENT, rules);
            tolerate(Sample.copy(bytes), AppendOrigin.COORDINATOR, rules);
            tolerate(Sample.copy(bytes), AppendOrigin.REPLICA, rules);
            walk(bytes);
            assertThat(check.check(Sample.copy(sent), AppendOrigin.CLIENT, lenient, 100, 1, Sample.NOW)
                            .recordCount())
                    .as("what comes after it is as it was")
                    .isEqualTo(RecordBatchView.of(sent).recordCount());
            assertThat(allocated() - before).isLessThan(MUCH_MEMORY);
        }
    }

    private void tolerate(ByteBuffer bytes, AppendOrigin origin, BatchRules rules) {
        try {
            check.check(bytes, origin, rules, 100, 1, Sample.NOW);
        } catch (RecordsRefused refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static void walk(ByteBuffer bytes) {
        RecordBatchView batch = RecordBatchView.of(bytes);
        if (!batch.isCompleteAt(bytes.limit())) {
            return;
        }
        try (RecordCursor records = RecordCursor.over(batch, 1 << 20)) {
            while (records.next()) {
                records.key();
                records.value();
                records.headers();
            }
        } catch (RecordsRefused refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** One record of 400 MB of zeros, compressed to a batch that passes max.message.bytes in most codecs. */
    private static ByteBuffer bomb(Compression compression, int valueBytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = Codecs.compress(compression, compression.defaultLevel(), packed)) {
            ByteSink head = new ByteSink(64);
            head.writeVarint(4 + ByteSink.sizeOfVarint(valueBytes) + valueBytes + 1);
            head.write(0);
            head.writeVarlong(0);
            head.writeVarint(0);
            head.writeVarint(0);
            head.writeVarint(valueBytes);
            head.writeTo(out);
            byte[] zeros = new byte[1 << 16];
            for (int left = valueBytes; left > 0; left -= zeros.length) {
                out.write(zeros, 0, Math.min(left, zeros.length));
            }
            out.write(0);
        }
        ByteBuffer batch = ByteBuffer.allocate(RecordBatchView.RECORDS + packed.size());
        batch.put(RecordBatchView.RECORDS, packed.toByteArray());
        new BatchFields(0, 0, -1, compression.id(), Sample.NOW, Sample.NOW, -1, (short) -1, -1, 1).writeTo(batch);
        return batch;
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = Mode.EXCLUDE, names = "NONE")
    void aRecordThatInflatesHugelyIsCheckedInLittleMemory(Compression compression) throws IOException {
        ByteBuffer bomb = bomb(compression, 200 << 20);
        BatchRules rules = BatchRules.DEFAULT.withMaxBytes(64 << 20, Integer.MAX_VALUE);
        long before = allocated();
        CheckedRecords result = check.check(bomb, AppendOrigin.CLIENT, rules, 100, 1, Sample.NOW);
        assertThat(result.recordCount()).isEqualTo(1);
        assertThat(allocated() - before).isLessThan(MUCH_MEMORY + bomb.limit());
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = Mode.EXCLUDE, names = "NONE")
    void aBatchThatOutgrowsMaxMessageBytesUncompressedIsRefusedWithoutHoldingIt(Compression compression)
            throws IOException {
        ByteBuffer bomb = bomb(compression, 200 << 20);
        BatchRules rules =
                BatchRules.DEFAULT.withMaxBytes(32 << 20, Integer.MAX_VALUE).withCompression(Compression.NONE, 0);
        long before = allocated();
        assertThatThrownBy(() -> check.check(bomb, AppendOrigin.CLIENT, rules, 100, 1, Sample.NOW))
                .isInstanceOfSatisfying(
                        RecordsRefused.class, r -> assertThat(r.reason()).isEqualTo(RefusalReason.MESSAGE_TOO_LARGE));
        assertThat(allocated() - before).isLessThan(4 * MUCH_MEMORY);
    }

    @Test
    void aRecordLargerThanMaxDecompressedMessageBytesIsRefused() throws IOException {
        ByteBuffer bomb = bomb(Compression.ZSTD, 1 << 20);
        BatchRules rules = BatchRules.DEFAULT.withMaxBytes(1 << 20, 1 << 19);
        assertThatThrownBy(() -> check.check(bomb.duplicate(), AppendOrigin.CLIENT, rules, 100, 1, Sample.NOW))
                .hasMessageContaining("expected: 0 to 524288");
        assertThatThrownBy(() -> {
                    try (RecordCursor records = RecordCursor.over(RecordBatchView.of(bomb), 1 << 19)) {
                        records.next();
                    }
                })
                .hasMessageContaining("expected: 0 to 524288");
    }

    @Test
    void millionsOfBadRecordsAreToldInAFewErrors() throws IOException {
        int count = 3_000_000;
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = Codecs.compress(Compression.ZSTD, 3, packed)) {
            ByteSink record = new ByteSink(64);
            for (int i = 0; i < count; i++) {
                record.clear();
                int delta = ByteSink.sizeOfVarint(i);
                record.writeVarint(5 + delta);
                record.write(0);
                record.writeVarlong(0);
                record.writeVarint(i);
                record.writeVarint(-1);
                record.writeVarint(-1);
                record.writeVarint(0);
                record.writeTo(out);
            }
        }
        ByteBuffer batch = ByteBuffer.allocate(RecordBatchView.RECORDS + packed.size());
        batch.put(RecordBatchView.RECORDS, packed.toByteArray());
        new BatchFields(0, count - 1, -1, Compression.ZSTD.id(), Sample.NOW, Sample.NOW, -1, (short) -1, -1, count)
                .writeTo(batch);
        BatchRules rules = BatchRules.DEFAULT.withCompacted().withMaxBytes(64 << 20, Integer.MAX_VALUE);
        assertThatThrownBy(() -> check.check(batch, AppendOrigin.CLIENT, rules, 100, 1, Sample.NOW))
                .isInstanceOfSatisfying(RecordsRefused.class, r -> {
                    assertThat(r.reason()).isEqualTo(RefusalReason.INVALID_RECORD);
                    assertThat(r.recordErrors()).hasSize(10_000);
                    assertThat(r.getMessage()).startsWith("3000000 records were refused: record 0: ");
                });
    }
}
