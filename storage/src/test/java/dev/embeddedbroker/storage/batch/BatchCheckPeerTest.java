package dev.embeddedbroker.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The same appends to Kafka's validator and to ours: the same answers and, where nothing was compressed anew, the same bytes. */
class BatchCheckPeerTest {
    private static final int EPOCH = 5;

    private final Random random = new Random(21);
    private final BatchCheck check = new BatchCheck(new BatchOpener());
    private int accepted;
    private int refused;

    @Test
    void everyAppendIsAnsweredAsKafkaAnswersIt() {
        for (int i = 0; i < 4_000; i++) {
            Compression compression = Compression.values()[random.nextInt(5)];
            ByteBuffer bytes = Sample.copy(Kafka.build(Sample.sent(random, compression)));
            spoilHeader(bytes);
            compare(bytes, rules());
        }
        assertThat(accepted).isGreaterThan(500);
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void everyUncompressedBatchWithChangedBytesIsAnsweredAsKafkaAnswersIt() {
        for (int i = 0; i < 6_000; i++) {
            ByteBuffer bytes = Sample.copy(Kafka.build(Sample.sent(random, Compression.NONE)));
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                int at = RecordBatchView.ATTRIBUTES
                        + random.nextInt(Math.min(150, bytes.limit() - RecordBatchView.ATTRIBUTES));
                bytes.put(at, (byte)
                        (random.nextBoolean() ? random.nextInt() : bytes.get(at) ^ (1 << random.nextInt(8))));
            }
            if (random.nextInt(8) > 0) {
                Sample.resealed(bytes);
            }
            compare(bytes, rules().withCompression(null, 0));
        }
        assertThat(accepted).isGreaterThan(300);
        assertThat(refused).isGreaterThan(2_000);
    }

    private BatchRules rules() {
        BatchRules rules = BatchRules.DEFAULT;
        if (random.nextInt(3) == 0) {
            Compression target = Compression.values()[random.nextInt(5)];
            rules = rules.withCompression(target, Sample.level(random, target));
        }
        if (random.nextInt(4) == 0) {
            rules = rules.withLogAppendTime();
        }
        if (random.nextInt(5) == 0) {
            rules = rules.withCompacted();
        }
        if (random.nextInt(2) == 0) {
            rules = rules.withTimestampBounds(
                    random.nextBoolean() ? 900_000 : Long.MAX_VALUE, random.nextBoolean() ? 9_000_000 : Long.MAX_VALUE);
        } else {
            rules = rules.withTimestampBounds(Long.MAX_VALUE, Long.MAX_VALUE);
        }
        if (random.nextInt(10) == 0) {
            rules = rules.withMaxBytes(200 + random.nextInt(2_000), 100 + random.nextInt(30_000));
        }
        return rules;
    }

    private void spoilHeader(ByteBuffer bytes) {
        RecordBatchView batch = RecordBatchView.of(bytes);
        switch (random.nextInt(24)) {
            case 0 -> bytes.putLong(RecordBatchView.BASE_OFFSET, random.nextInt(5));
            case 1 -> bytes.put(RecordBatchView.MAGIC, (byte) (random.nextInt(6) - 1));
            case 2 -> bytes.putInt(RecordBatchView.CRC, random.nextInt());
            case 3 -> bytes.putInt(RecordBatchView.LENGTH, batch.length() + random.nextInt(5) - 2);
            case 4 -> bytes.putInt(RecordBatchView.LENGTH, random.nextInt(40) - 5);
            case 5 -> bytes.putInt(RecordBatchView.LAST_OFFSET_DELTA, batch.lastOffsetDelta() + random.nextInt(3) - 1);
            case 6 -> bytes.putInt(RecordBatchView.RECORD_COUNT, batch.recordCount() + random.nextInt(3) - 1);
            case 7 -> {
                int delta = random.nextInt(3) - 1;
                bytes.putInt(RecordBatchView.RECORD_COUNT, batch.recordCount() + delta);
                bytes.putInt(RecordBatchView.LAST_OFFSET_DELTA, batch.lastOffsetDelta() + delta);
            }
            case 8 -> bytes.putShort(RecordBatchView.ATTRIBUTES, (short) (batch.attributes() ^ 0x20));
            case 9 -> bytes.putShort(RecordBatchView.ATTRIBUTES, (short) (batch.attributes() ^ 0x08));
            case 10 -> bytes.putInt(RecordBatchView.BASE_SEQUENCE, -1);
            case 11 -> bytes.putLong(RecordBatchView.MAX_TIMESTAMP, random.nextLong());
            case 12 ->
                bytes.putShort(
                        RecordBatchView.ATTRIBUTES, (short) (batch.attributes() | random.nextInt(1 << 16) & 0xfff8));
            case 13 -> bytes.limit(random.nextInt(bytes.limit()));
            default -> {}
        }
        if (bytes.limit() > RecordBatchView.RECORDS && random.nextInt(8) > 0 && batch.isCompleteAt(bytes.limit())) {
            Sample.resealed(bytes);
        }
    }

    private void compare(ByteBuffer bytes, BatchRules rules) {
        Kafka.Outcome theirs = Kafka.append(Sample.copy(bytes), rules, 1_000, EPOCH, Sample.NOW);
        Kafka.Outcome ours = ours(Sample.copy(bytes), rules);
        String context = rules + " " + (bytes.limit() > 61 ? RecordBatchView.of(bytes) : bytes.limit() + " bytes");
        if ("UNKNOWN_SERVER_ERROR".equals(theirs.error())) {
            // Kafka trips over such bytes without a rule that names them; we have one
            assertThat(ours.error())
                    .as(context)
                    .isIn("INVALID_RECORD", "CORRUPT_MESSAGE", "UNSUPPORTED_COMPRESSION_TYPE", "INVALID_TIMESTAMP");
            return;
        }
        assertThat(ours.error()).as(context).isEqualTo(theirs.error());
        assertThat(ours.recordErrors()).as(context).isEqualTo(theirs.recordErrors());
        assertThat(ours.lastOffset()).as(context).isEqualTo(theirs.lastOffset());
        assertThat(ours.maxTimestamp()).as(context).isEqualTo(theirs.maxTimestamp());
        assertThat(ours.rewritten()).as(context).isEqualTo(theirs.rewritten());
        if (theirs.error() != null) {
            refused++;
            return;
        }
        accepted++;
        if (ours.rewritten()) {
            assertThat(Kafka.read(ours.bytes())).as(context).isEqualTo(Kafka.read(theirs.bytes()));
            assertThat(header(ours.bytes())).as(context).isEqualTo(header(theirs.bytes()));
            Kafka.firstBatch(ours.bytes().slice()).ensureValid();
        } else {
            assertThat(Kafka.bytes(ours.bytes())).as(context).isEqualTo(Kafka.bytes(theirs.bytes()));
        }
    }

    /** All of the header but length and checksum, which depend on how well the compressor packed. */
    private static List<Object> header(ByteBuffer bytes) {
        return List.of(
                Kafka.bytes(bytes.slice(0, 8)).clone()[7],
                bytes.slice(12, 5),
                bytes.slice(RecordBatchView.ATTRIBUTES, RecordBatchView.RECORDS - RecordBatchView.ATTRIBUTES));
    }

    private Kafka.Outcome ours(ByteBuffer bytes, BatchRules rules) {
        try {
            CheckedRecords result = check.check(bytes, AppendOrigin.CLIENT, rules, 1_000, EPOCH, Sample.NOW);
            return new Kafka.Outcome(
                    null,
                    List.of(),
                    result.records().slice(),
                    result.lastOffset(),
                    result.maxTimestampMs(),
                    result.rewritten());
        } catch (RecordsRefused e) {
            return Kafka.Outcome.refused(
                    e.reason().name(),
                    e.recordErrors().stream().map(RecordError::batchIndex).toList());
        }
    }
}
