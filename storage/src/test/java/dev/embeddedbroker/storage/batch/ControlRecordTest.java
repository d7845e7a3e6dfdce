package dev.embeddedbroker.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlRecordTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEndOfTransactionIsTheBytesThatKafkaWrites(boolean commit) {
        ByteBuffer ours = ControlRecord.endTransactionBatch(42, (short) 3, commit, 7, Sample.NOW);
        MemoryRecords theirs = MemoryRecords.withEndTransactionMarker(
                0,
                Sample.NOW,
                -1,
                42,
                (short) 3,
                new EndTransactionMarker(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 7));
        assertThat(Kafka.bytes(ours)).isEqualTo(Kafka.bytes(theirs.buffer()));
        try (RecordCursor records = RecordCursor.over(RecordBatchView.of(ours))) {
            assertThat(records.next()).isTrue();
            ControlRecord read = ControlRecord.read(records);
            assertThat(read.type()).isEqualTo(commit ? ControlRecord.Type.COMMIT : ControlRecord.Type.ABORT);
            assertThat(read.coordinatorEpoch()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(ControlRecord.Type.class)
    void everyTypeHasKafkasKey(ControlRecord.Type type) {
        ByteBuffer key = ControlRecord.of(type, ByteBuffer.allocate(0)).key();
        assertThat(ControlRecordType.parse(key.slice()).name()).isEqualTo(type.name());
        assertThat(Kafka.bytes(key))
                .isEqualTo(Kafka.bytes(ControlRecordType.valueOf(type.name()).recordKey()));
    }

    @Test
    void aTypeOfANewerBrokerIsKeptButNotUnderstood() {
        ByteBuffer batch = new RecordBatchBuilder()
                .control()
                .append(1, new ControlRecord(null, (short) 99, ByteBuffer.wrap(new byte[] {5})))
                .build();
        try (RecordCursor records = RecordCursor.over(RecordBatchView.of(batch))) {
            records.next();
            ControlRecord read = ControlRecord.read(records);
            assertThat(read.type()).isNull();
            assertThat(read.typeId()).isEqualTo((short) 99);
            assertThatThrownBy(read::coordinatorEpoch).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aControlRecordWithoutAWholeKeyIsRefused() {
        ByteBuffer batch =
                new RecordBatchBuilder().append(1, new byte[] {0, 0, 0}, null).build();
        try (RecordCursor records = RecordCursor.over(RecordBatchView.of(batch))) {
            records.next();
            assertThatThrownBy(() -> ControlRecord.read(records))
                    .isInstanceOfSatisfying(
                            RecordsRefused.class, r -> assertThat(r.reason()).isEqualTo(RefusalReason.INVALID_RECORD));
        }
    }
}
