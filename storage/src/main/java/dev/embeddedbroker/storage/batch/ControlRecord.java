package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record that brokers write for brokers and that no consumer is given: the end of a transaction, or a step of the metadata quorum.
 *
 * <pre>
 *   key   = int16 version, int16 type
 *   value = of the type; the end of a transaction: int16 version, int32 coordinator epoch
 * </pre>
 *
 * @param type what it says, or null when the type is of a newer broker; such records are passed over
 * @param typeId the type as it is written
 * @param value the value's bytes
 */
public record ControlRecord(@Nullable Type type, short typeId, ByteBuffer value) {
    private static final short KEY_VERSION = 0;
    private static final short END_TRANSACTION_VERSION = 0;
    private static final int KEY_BYTES = 4;
    private static final int END_TRANSACTION_BYTES = 6;

    /** What a control record says. */
    public enum Type {
        ABORT(0),
        COMMIT(1),
        LEADER_CHANGE(2),
        SNAPSHOT_HEADER(3),
        SNAPSHOT_FOOTER(4),
        KRAFT_VERSION(5),
        KRAFT_VOTERS(6);

        private final short id;

        Type(int id) {
            this.id = (short) id;
        }

        public short id() {
            return id;
        }

        public static @Nullable Type forId(int id) {
            for (Type type : values()) {
                if (type.id == id) {
                    return type;
                }
            }
            return null;
        }
    }

    /** A control record whose value the caller has encoded. */
    public static ControlRecord of(Type type, ByteBuffer value) {
        return new ControlRecord(type, type.id(), value);
    }

    /** The marker that ends a producer's transaction in one partition. */
    public static ControlRecord endTransaction(boolean commit, int coordinatorEpoch) {
        ByteBuffer value = ByteBuffer.allocate(END_TRANSACTION_BYTES)
                .putShort(END_TRANSACTION_VERSION)
                .putInt(coordinatorEpoch)
                .flip();
        return of(commit ? Type.COMMIT : Type.ABORT, value);
    }

    /** The control record that the cursor stands at, in a control batch. */
    public static ControlRecord read(RecordCursor record) {
        ByteBuffer key = record.key();
        ByteBuffer value = record.value();
        if (key == null || key.remaining() < KEY_BYTES) {
            throw RecordReader.malformed("a control record's key has " + (key == null ? "no" : "" + key.remaining())
                    + " bytes (expected: " + KEY_BYTES + ')');
        }
        short version = key.getShort(key.position());
        if (version < 0) {
            throw RecordReader.malformed("a control record's key has version " + version + " (expected: 0 or more)");
        }
        short id = key.getShort(key.position() + 2);
        return new ControlRecord(Type.forId(id), id, value == null ? ByteBuffer.allocate(0) : value);
    }

    public boolean endsTransaction() {
        return type == Type.COMMIT || type == Type.ABORT;
    }

    /** The epoch of the transaction coordinator that wrote this end of a transaction. */
    public int coordinatorEpoch() {
        if (!endsTransaction()) {
            throw new IllegalStateException("control record is " + type + " (expected: COMMIT or ABORT)");
        }
        if (value.remaining() < END_TRANSACTION_BYTES || value.getShort(value.position()) < 0) {
            throw RecordReader.malformed("an end of transaction has a value of " + value.remaining()
                    + " bytes (expected: a version of 0 or more and a coordinator epoch)");
        }
        return value.getInt(value.position() + 2);
    }

    /** The record's key. */
    public ByteBuffer key() {
        return ByteBuffer.allocate(KEY_BYTES)
                .putShort(KEY_VERSION)
                .putShort(typeId)
                .flip();
    }

    /** A batch of one record that ends the transaction of a producer; its base offset is 0 and no leader has stamped it. */
    public static ByteBuffer endTransactionBatch(
            long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, long timestampMs) {
        return new RecordBatchBuilder()
                .producer(producerId, producerEpoch, RecordBatchView.NO_SEQUENCE)
                .transactional()
                .control()
                .append(timestampMs, endTransaction(commit, coordinatorEpoch))
                .build();
    }
}
