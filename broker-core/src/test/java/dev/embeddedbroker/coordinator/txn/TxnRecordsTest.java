package dev.embeddedbroker.coordinator.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionLog.TxnRecord;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What we keep of transactions is byte for byte what Kafka's own coordinator keeps, and is read by it. */
class TxnRecordsTest {
    private static final TopicPartition P = new TopicPartition("t", 3);
    private final TxnCodec codec = new TxnCodec();

    private static Txn txn(TxnState state, long previousId, long nextId) {
        Set<TxnPartition> partitions = state == TxnState.EMPTY ? Set.of() : Set.of(new TxnPartition("t", 3));
        return new Txn(7, previousId, nextId, (short) 4, (short) -1, 60_000, state, partitions, 11, 12, (short) 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = TxnState.class,
            names = {"DEAD", "PREPARE_EPOCH_FENCE"},
            mode = EnumSource.Mode.EXCLUDE)
    void kafkaWritesTheSameBytesAndReadsOurs(TxnState state) {
        for (int level = 0; level <= 2; level++) {
            var version = TransactionVersion.fromFeatureLevel((short) level);
            var ours = txn(state, 6, state.isPrepared() ? 9 : -1);
            var record = codec.encode(new TxnEvent.Kept("tx", ours, (short) (level == 0 ? 0 : 1)));
            var theirs = new TxnTransitMetadata(
                    7,
                    6,
                    state.isPrepared() ? 9 : -1,
                    (short) 4,
                    (short) -1,
                    60_000,
                    TransactionState.fromId(state.id()),
                    state == TxnState.EMPTY ? new HashSet<>() : new HashSet<>(Set.of(P)),
                    11,
                    12,
                    TransactionVersion.TV_2);
            assertThat(bytes(record.key())).isEqualTo(TransactionLog.keyToBytes("tx"));
            if (level == 0) {
                continue; // Kafka's version 0 has no field for a client's version of 2
            }
            assertThat(bytes(record.value())).isEqualTo(TransactionLog.valueToBytes(theirs, version));

            var read = ((TxnRecord)
                    TransactionLog.read(record.key().duplicate(), record.value().duplicate()));
            assertThat(read.transactionId()).isEqualTo("tx");
            assertThat(read.metadata().state().id()).isEqualTo(state.id());
            assertThat(read.metadata().producerEpoch()).isEqualTo((short) 4);
            assertThat(codec.decode(record.key(), record.value())).isEqualTo(new TxnEvent.Kept("tx", ours, (short) 1));
        }
    }

    @ParameterizedTest
    @EnumSource(TxnState.class)
    void statesFollowEachOtherAsInKafka(TxnState state) {
        var theirs = TransactionState.fromId(state.id());
        assertThat(state.label()).isEqualTo(theirs.stateName());
        assertThat(state.predecessors().stream().map(TxnState::name))
                .containsExactlyInAnyOrderElementsOf(
                        theirs.validPreviousStates().stream().map(Enum::name).toList());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
