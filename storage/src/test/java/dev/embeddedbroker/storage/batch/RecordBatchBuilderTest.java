package dev.embeddedbroker.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchBuilderTest {

    @Test
    void uncompressedBatchesAreTheBytesThatKafkasBuilderWrites() {
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            Sample.Batch batch = Sample.any(random, Compression.NONE);
            assertThat(Kafka.bytes(Sample.build(batch))).isEqualTo(Kafka.bytes(Kafka.build(batch)));
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void kafkaReadsWhatTheBuilderWrote(Compression compression) {
        Random random = new Random(12);
        for (int i = 0; i < 60; i++) {
            Sample.Batch batch = Sample.any(random, compression);
            ByteBuffer ours = Sample.build(batch);
            Kafka.firstBatch(ours.slice()).ensureValid();
            assertThat(Kafka.read(ours)).isEqualTo(Kafka.read(Kafka.build(batch)));
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void theCursorReadsWhatKafkasBuilderWrote(Compression compression) {
        Random random = new Random(13);
        for (int i = 0; i < 60; i++) {
            ByteBuffer theirs = Kafka.build(Sample.any(random, compression));
            assertThat(Sample.read(theirs)).isEqualTo(Kafka.read(theirs));
        }
    }

    @Test
    void theViewReadsWhatKafkaReadsAndStampsWhatKafkaStamps() {
        Random random = new Random(14);
        for (int i = 0; i < 200; i++) {
            ByteBuffer bytes = Kafka.build(Sample.any(random, Compression.values()[i % 3]));
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(bytes.remaining() + 20).position(7);
            direct.put(bytes.slice()).position(7);
            RecordBatchView ours = RecordBatchView.of(direct);
            MutableRecordBatch theirs = Kafka.firstBatch(bytes.slice());
            assertThat(ours.isCompleteAt(direct.limit())).isTrue();
            assertSameHeader(ours, theirs);

            long max = random.nextBoolean() ? ours.maxTimestamp() : random.nextLong() >>> 2;
            boolean appendTime = random.nextBoolean();
            long lastOffset = random.nextLong() >>> 2;
            theirs.setLastOffset(lastOffset);
            theirs.setPartitionLeaderEpoch(i);
            theirs.setMaxTimestamp(
                    appendTime
                            ? org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME
                            : org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                    max);
            ours.setBaseOffset(lastOffset - ours.lastOffsetDelta());
            ours.setPartitionLeaderEpoch(i);
            ours.setMaxTimestamp(appendTime, max);
            assertThat(Kafka.bytes(ours.slice())).isEqualTo(Kafka.bytes(bytes));
            assertThat(ours.crcMatches()).isTrue();
            assertSameHeader(ours, theirs);
        }
    }

    private static void assertSameHeader(RecordBatchView ours, MutableRecordBatch theirs) {
        assertThat(ours.sizeBytes()).isEqualTo(theirs.sizeInBytes());
        assertThat(ours.baseOffset()).isEqualTo(theirs.baseOffset());
        assertThat(ours.lastOffset()).isEqualTo(theirs.lastOffset());
        assertThat(ours.nextOffset()).isEqualTo(theirs.nextOffset());
        assertThat(ours.partitionLeaderEpoch()).isEqualTo(theirs.partitionLeaderEpoch());
        assertThat(ours.magic()).isEqualTo(theirs.magic());
        assertThat(ours.compressionId()).isEqualTo(theirs.compressionType().id);
        assertThat(ours.isAppendTime()).isEqualTo(theirs.timestampType().id == 1);
        assertThat(ours.isTransactional()).isEqualTo(theirs.isTransactional());
        assertThat(ours.isControl()).isEqualTo(theirs.isControlBatch());
        assertThat(ours.deleteHorizonMs()).isEqualTo(theirs.deleteHorizonMs().orElse(-1));
        assertThat(ours.maxTimestamp()).isEqualTo(theirs.maxTimestamp());
        assertThat(ours.producerId()).isEqualTo(theirs.producerId());
        assertThat(ours.hasProducerId()).isEqualTo(theirs.hasProducerId());
        assertThat(ours.producerEpoch()).isEqualTo(theirs.producerEpoch());
        assertThat(ours.baseSequence()).isEqualTo(theirs.baseSequence());
        assertThat(ours.lastSequence()).isEqualTo(theirs.lastSequence());
        assertThat(ours.recordCount()).isEqualTo(theirs.countOrNull());
        assertThat(Integer.toUnsignedLong(ours.crc())).isEqualTo(theirs.checksum());
    }

    @Test
    void slicesOfACompressedBatchOutliveTheCursorsNextStep() {
        ByteBuffer batch = new RecordBatchBuilder()
                .compression(Compression.LZ4)
                .append(1, new byte[] {1}, new byte[] {10})
                .append(2, new byte[] {2}, new byte[] {20})
                .build();
        try (RecordCursor records = RecordCursor.over(RecordBatchView.of(batch))) {
            records.next();
            ByteBuffer first = records.value();
            records.next();
            assertThat(first.get(0)).isEqualTo((byte) 10);
            assertThat(records.next()).isFalse();
        }
    }

    @Test
    void aBatchThatCannotBeIsABugOfTheCaller() {
        assertThatThrownBy(() -> new RecordBatchBuilder().build()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new RecordBatchBuilder().append(-2, null, null))
                .hasMessage("timestamp is -2 (expected: 0 or more, or -1 for none)");
        assertThatThrownBy(() -> new RecordBatchBuilder().compression(Compression.GZIP, 12))
                .hasMessage("GZIP level is 12 (expected: 1 to 9)");
        assertThatThrownBy(() -> new RecordBatchBuilder().append(1, null, null).appendAt(0, 1, null, null, List.of()))
                .hasMessageStartingWith("offset is 0 (expected: 1 to ");
        assertThatThrownBy(() -> new RecordBatchBuilder()
                        .transactional()
                        .append(1, null, null)
                        .build())
                .hasMessage("a transactional batch needs a producer id");
    }
}
