package dev.embeddedbroker.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCheckTest {
    private static final long NOW = Sample.NOW;

    private final BatchCheck check = new BatchCheck();

    private CheckedRecords pass(ByteBuffer bytes, AppendOrigin origin, BatchRules rules) {
        return check.check(bytes, origin, rules, 100, 7, NOW);
    }

    private RecordsRefused refusal(ByteBuffer bytes, BatchRules rules) {
        RecordsRefused refused =
                catchThrowableOfType(RecordsRefused.class, () -> pass(bytes, AppendOrigin.CLIENT, rules));
        assertThat(refused).isNotNull();
        return refused;
    }

    private void assertRefused(ByteBuffer bytes, BatchRules rules, RefusalReason reason, String message) {
        RecordsRefused refused = refusal(bytes, rules);
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused).hasMessage(message);
    }

    private static RecordBatchBuilder two() {
        return new RecordBatchBuilder()
                .append(NOW - 2, new byte[] {1}, new byte[] {2})
                .append(NOW - 1, null, new byte[] {3});
    }

    private static ByteBuffer stored(long baseOffset, int epoch) {
        ByteBuffer bytes = two().partitionLeaderEpoch(epoch).build();
        return bytes.putLong(RecordBatchView.BASE_OFFSET, baseOffset);
    }

    private static ByteBuffer changed(int at, int value) {
        ByteBuffer bytes = two().build();
        return Sample.resealed(bytes.putInt(at, value));
    }

    @Test
    void anUncompressedBatchIsStampedInTheBufferItCameIn() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(500).position(40);
        ByteBuffer batch = two().build();
        bytes.put(batch).flip().position(40);
        CheckedRecords result = pass(bytes, AppendOrigin.CLIENT, BatchRules.DEFAULT);
        RecordBatchView stamped = RecordBatchView.of(bytes);
        assertThat(stamped.baseOffset()).isEqualTo(100);
        assertThat(stamped.partitionLeaderEpoch()).isEqualTo(7);
        assertThat(stamped.crcMatches()).isTrue();
        assertThat(result.records()).isEqualTo(bytes);
        assertThat(result)
                .usingRecursiveComparison()
                .ignoringFields("records")
                .isEqualTo(new CheckedRecords(bytes, 1, 2, 100, 101, NOW - 1, 101, -1, false, true));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void appendTimeReplacesTheTimestampsOfTheRecords(Compression compression) {
        ByteBuffer bytes = new RecordBatchBuilder()
                .compression(compression)
                .append(5, null, null)
                .append(9, null, null)
                .build();
        CheckedRecords result = pass(bytes, AppendOrigin.CLIENT, BatchRules.DEFAULT.withLogAppendTime());
        assertThat(result.appendTimeMs()).isEqualTo(NOW);
        assertThat(result.maxTimestampMs()).isEqualTo(NOW);
        assertThat(result.offsetOfMaxTimestamp()).isEqualTo(101);
        assertThat(Kafka.read(result.records()))
                .allSatisfy(r -> assertThat(r.timestamp()).isEqualTo(NOW));
    }

    @Test
    void aMaxTimestampThatItsRecordsDoNotHaveIsPutRight() {
        ByteBuffer bytes = two().build();
        bytes.putLong(RecordBatchView.MAX_TIMESTAMP, NOW + 1_000_000);
        CheckedRecords result = pass(Sample.resealed(bytes), AppendOrigin.CLIENT, BatchRules.DEFAULT);
        assertThat(result.maxTimestampMs()).isEqualTo(NOW - 1);
        assertThat(RecordBatchView.of(bytes).maxTimestamp()).isEqualTo(NOW - 1);
        assertThat(RecordBatchView.of(bytes).crcMatches()).isTrue();
    }

    @Test
    void aPieceOfABatchAtTheEndIsCutOff() {
        ByteBuffer whole = two().build();
        ByteBuffer bytes = ByteBuffer.allocate(whole.limit() + 30);
        bytes.put(whole.duplicate()).put(whole.slice(0, 30)).flip();
        assertThat(pass(bytes, AppendOrigin.CLIENT, BatchRules.DEFAULT)
                        .records()
                        .remaining())
                .isEqualTo(whole.limit());
    }

    @Test
    void bytesWithoutAWholeBatchAreRefused() {
        assertRefused(
                ByteBuffer.allocate(0),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "No whole batch was sent for the partition in 0 bytes (expected: 1 batch)");
        assertThat(refusal(two().build().limit(70), BatchRules.DEFAULT).reason())
                .isEqualTo(RefusalReason.INVALID_RECORD);
    }

    @Test
    void twoBatchesOfAClientAreRefused() {
        ByteBuffer one = two().build();
        ByteBuffer bytes = ByteBuffer.allocate(2 * one.limit());
        bytes.put(one.duplicate()).put(one.duplicate()).flip();
        assertRefused(
                bytes,
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "More than one batch was sent for the partition (expected: 1)");
    }

    @Test
    void anOlderFormatIsRefused() {
        ByteBuffer bytes = two().build().put(RecordBatchView.MAGIC, (byte) 1);
        assertRefused(
                bytes,
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has magic 1 (expected: 2, the format since Kafka 0.11)");
        assertThat(refusal(two().build().put(RecordBatchView.MAGIC, (byte) 3), BatchRules.DEFAULT))
                .hasMessage("Records are corrupt: a batch has magic 3 (expected: 2)")
                .extracting(RecordsRefused::reason)
                .isEqualTo(RefusalReason.CORRUPT_MESSAGE);
    }

    @Test
    void aWrongChecksumIsCorruption() {
        ByteBuffer bytes = two().build().putInt(RecordBatchView.CRC, 1);
        RecordsRefused refused = refusal(bytes, BatchRules.DEFAULT);
        assertThat(refused.reason()).isEqualTo(RefusalReason.CORRUPT_MESSAGE);
        assertThat(refused)
                .hasMessageStartingWith("Records are corrupt: the batch has checksum 0x1, its bytes have 0x");
    }

    @Test
    void aLengthThatHoldsNoHeaderIsCorruption() {
        assertRefused(
                two().build().putInt(RecordBatchView.LENGTH, 13),
                BatchRules.DEFAULT,
                RefusalReason.CORRUPT_MESSAGE,
                "Records are corrupt: a batch claims a length of 13 (expected: at least 14)");
        assertRefused(
                two().build().putInt(RecordBatchView.LENGTH, 20),
                BatchRules.DEFAULT,
                RefusalReason.CORRUPT_MESSAGE,
                "Records are corrupt: a batch of 32 bytes (expected: at least 61)");
    }

    @Test
    void theSizeRuleHoldsForTheBatchAsSentAndAsStored() {
        int size = two().sizeBytes();
        assertThat(pass(two().build(), AppendOrigin.CLIENT, BatchRules.DEFAULT.withMaxBytes(size, 1000)))
                .isNotNull();
        assertRefused(
                two().build(),
                BatchRules.DEFAULT.withMaxBytes(size - 1, 1000),
                RefusalReason.MESSAGE_TOO_LARGE,
                "The batch is " + size + " bytes (max.message.bytes: " + (size - 1) + ")");
        ByteBuffer packed = new RecordBatchBuilder()
                .compression(Compression.GZIP)
                .append(NOW, null, new byte[4000])
                .build();
        assertRefused(
                packed,
                BatchRules.DEFAULT.withMaxBytes(1000, 5000).withCompression(Compression.NONE, 0),
                RefusalReason.MESSAGE_TOO_LARGE,
                "The batch is larger after compression as none (max.message.bytes: 1000)");
    }

    @Test
    void headersThatContradictThemselvesAreRefused() {
        assertRefused(
                two().build().putLong(RecordBatchView.BASE_OFFSET, 4),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has base offset 4 (expected: 0, the log assigns offsets)");
        assertRefused(
                changed(RecordBatchView.LAST_OFFSET_DELTA, -1),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has last offset delta -1 (expected: 0 or more)");
        assertRefused(
                changed(RecordBatchView.RECORD_COUNT, 0),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has record count 0 (expected: 1 or more)");
        assertRefused(
                changed(RecordBatchView.RECORD_COUNT, 3),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has record count 3 (expected: 2, one more than its last offset delta)");
    }

    @Test
    void aControlBatchIsForTheBrokerOnly() {
        ByteBuffer marker = ControlRecord.endTransactionBatch(9, (short) 0, true, 1, NOW);
        assertRefused(
                marker.duplicate(),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has the control flag, which only brokers may set");
        CheckedRecords result =
                pass(marker, AppendOrigin.COORDINATOR, BatchRules.DEFAULT.withCompression(Compression.GZIP, -1));
        assertThat(result.rewritten()).isFalse();
        assertThat(RecordBatchView.of(marker).isControl()).isTrue();
    }

    @Test
    void aProducerIdNeedsASequence() {
        ByteBuffer bytes = two().producer(9, (short) 0, 0).build();
        bytes.putInt(RecordBatchView.BASE_SEQUENCE, -1);
        assertRefused(
                Sample.resealed(bytes),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "The batch has sequence -1 with producer id 9 (expected: 0 or more)");
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyRecordWithoutAKeyIsNamedOnACompactedTopic(Compression compression) {
        ByteBuffer bytes = new RecordBatchBuilder()
                .compression(compression)
                .append(NOW, null, null)
                .append(NOW, new byte[0], null)
                .append(NOW, null, null)
                .build();
        RecordsRefused refused = refusal(bytes, BatchRules.DEFAULT.withCompacted());
        assertThat(refused.reason()).isEqualTo(RefusalReason.INVALID_RECORD);
        String error = "The record has no key, which the topic's cleanup.policy=compact asks for";
        assertThat(refused.recordErrors()).containsExactly(new RecordError(0, error), new RecordError(2, error));
        assertThat(refused).hasMessage("2 records were refused: record 0: " + error + "; record 2: " + error);
    }

    @Test
    void timestampsOutOfBoundsAreNamed() {
        ByteBuffer bytes = new RecordBatchBuilder()
                .append(NOW - 101, null, null)
                .append(NOW - 100, null, null)
                .append(RecordBatchView.NO_TIMESTAMP, null, null)
                .append(NOW + 50, null, null)
                .append(NOW + 51, null, null)
                .build();
        RecordsRefused refused = refusal(bytes, BatchRules.DEFAULT.withTimestampBounds(100, 50));
        assertThat(refused.reason()).isEqualTo(RefusalReason.INVALID_TIMESTAMP);
        assertThat(refused.recordErrors()).extracting(RecordError::batchIndex).containsExactly(0, 4);
        assertThat(refused.recordErrors().get(0).message())
                .isEqualTo("The record at offset 0 has timestamp " + (NOW - 101) + " (expected: " + (NOW - 100) + " to "
                        + (NOW + 50) + ")");
    }

    @Test
    void aCompressionThatNamesNoneIsUnsupported() {
        ByteBuffer bytes = two().build().putShort(RecordBatchView.ATTRIBUTES, (short) 6);
        assertRefused(
                Sample.resealed(bytes),
                BatchRules.DEFAULT,
                RefusalReason.UNSUPPORTED_COMPRESSION_TYPE,
                "Batch names compression 6 (expected: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd)");
    }

    @Test
    void recordsThatDoNotFillTheirBatchAreRefused() {
        ByteBuffer bytes = two().build();
        bytes.putInt(RecordBatchView.RECORD_COUNT, 1).putInt(RecordBatchView.LAST_OFFSET_DELTA, 0);
        assertRefused(
                Sample.resealed(bytes),
                BatchRules.DEFAULT,
                RefusalReason.INVALID_RECORD,
                "Batch is malformed: it claims 1 records, and bytes are left after them");
    }

    @Test
    void bytesThatAreNotOfTheirCompressionAreRefused() {
        for (Compression compression :
                List.of(Compression.GZIP, Compression.SNAPPY, Compression.LZ4, Compression.ZSTD)) {
            ByteBuffer bytes = two().build().putShort(RecordBatchView.ATTRIBUTES, (short) compression.id());
            RecordsRefused refused = refusal(Sample.resealed(bytes), BatchRules.DEFAULT);
            assertThat(refused.reason()).isEqualTo(RefusalReason.INVALID_RECORD);
            assertThat(refused).hasMessageContaining(compression.configName());
        }
    }

    @Test
    void theBrokersOwnBatchesMayBeSeveralAndOfAnySize() {
        ByteBuffer first = two().build();
        ByteBuffer second = two().build();
        ByteBuffer bytes = ByteBuffer.allocate(first.limit() + second.limit());
        bytes.put(first).put(second).flip();
        CheckedRecords result =
                pass(bytes.duplicate(), AppendOrigin.COORDINATOR, BatchRules.DEFAULT.withMaxBytes(10, 10));
        assertThat(result.batchCount()).isEqualTo(2);
        assertThat(result.lastOffset()).isEqualTo(103);
        assertThat(Kafka.read(result.records())).extracting(Sample.Rec::offset).containsExactly(100L, 101L, 102L, 103L);

        bytes.putLong(0, 0).putLong(bytes.limit() / 2, 0);
        CheckedRecords packed =
                pass(bytes, AppendOrigin.COORDINATOR, BatchRules.DEFAULT.withCompression(Compression.LZ4, 9));
        assertThat(packed.rewritten()).isTrue();
        assertThat(Kafka.read(packed.records())).extracting(Sample.Rec::offset).containsExactly(100L, 101L, 102L, 103L);
    }

    @Test
    void aReplicaTakesWhatItsLeaderWrote() {
        ByteBuffer first = stored(50, 3);
        ByteBuffer second = stored(60, 7);
        ByteBuffer later = stored(62, 8);
        ByteBuffer bytes = ByteBuffer.allocate(first.limit() * 3);
        bytes.put(first).put(second).put(later).flip();
        byte[] before = Kafka.bytes(bytes);
        CheckedRecords result = pass(bytes, AppendOrigin.REPLICA, BatchRules.DEFAULT.withMaxBytes(10, 10));
        assertThat(Kafka.bytes(bytes)).isEqualTo(before);
        assertThat(result.batchCount()).as("the batch of epoch 8 waits").isEqualTo(2);
        assertThat(result.firstOffset()).isEqualTo(50);
        assertThat(result.lastOffset()).isEqualTo(61);
        assertThat(result.offsetOfMaxTimestamp()).isEqualTo(51);
        assertThat(result.records().remaining()).isEqualTo(2 * before.length / 3);
    }

    @Test
    void aReplicaRefusesOffsetsThatFall() {
        ByteBuffer one = stored(50, 3);
        ByteBuffer bytes = ByteBuffer.allocate(one.limit() * 2);
        bytes.put(one.duplicate()).put(one.duplicate()).flip();
        RecordsRefused refused =
                catchThrowableOfType(RecordsRefused.class, () -> pass(bytes, AppendOrigin.REPLICA, BatchRules.DEFAULT));
        assertThat(refused).hasMessage("Offsets of batches do not rise: 51 comes after 51");
    }
}
