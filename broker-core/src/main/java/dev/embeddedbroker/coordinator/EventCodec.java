package dev.embeddedbroker.coordinator;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.WireWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Kept events as the records of a machine's topic, and back. */
public interface EventCodec<E> {

    /**
     * The bytes of one record.
     *
     * @param producer in whose transaction it is written; null outside of any
     */
    record RecordBytes(
            ByteBuffer key,
            @Nullable ByteBuffer value,
            @Nullable TxnProducer producer) {

        public RecordBytes(ByteBuffer key, @Nullable ByteBuffer value) {
            this(key, value, null);
        }

        /** A key or a value as it is kept: its kind or its version in front of it. */
        public static ByteBuffer prefixed(short prefix, Message message, short version) {
            var out = new WireWriter(128);
            out.writeInt16(prefix);
            message.write(out, version);
            return out.toByteBuffer();
        }

        public int sizeBytes() {
            return key.remaining() + (value == null ? 0 : value.remaining());
        }
    }

    /** The record that keeps this event; null for a passing event. */
    @Nullable
    RecordBytes encode(E event);

    /**
     * The event a record keeps; null for a record that may be skipped: of a kind this machine does not know.
     *
     * @throws RuntimeException when the bytes are not what their kind promises
     */
    @Nullable
    E decode(@Nullable ByteBuffer key, @Nullable ByteBuffer value);

    /** The event that a record of a transaction keeps; it counts when, and if, the transaction is committed. */
    default @Nullable E decodeInTransaction(
            TxnProducer producer, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        return decode(key, value);
    }

    /** The event of a producer's transaction being ended in this log; null if that is nothing to this machine. */
    default @Nullable E transactionEnded(long producerId, boolean commit) {
        return null;
    }
}
