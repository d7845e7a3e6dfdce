package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The log a machine's events are kept in: what a host needs of a partition this broker leads. Inside its loop only.
 */
public interface CoordinatorLog {

    /** The partition's loop, and so the host's. */
    Loop loop();

    /** The partition's name, for messages. */
    String name();

    /** Appends one batch as the leader; NONE, or why nothing was appended. */
    ErrorCode append(ByteBuffer batch);

    /**
     * Appends one batch of a transaction, if that is open in this log or was verified under {@code guard}.
     *
     * @param guard of {@link dev.embeddedbroker.coordinator.TxnProducer}
     */
    default ErrorCode appendInTransaction(ByteBuffer batch, long guard) {
        return append(batch);
    }

    long startOffset();

    long endOffset();

    /** The largest batch the log takes: {@code max.message.bytes} of the topic. */
    int maxBatchBytes();

    /**
     * Runs {@code then} with NONE when everything before {@code endOffset} is committed, at once when it is already; with
     * an error when this broker stops leading first. Those who wait are run in the order they came.
     */
    void whenCommitted(long endOffset, Consumer<ErrorCode> then);

    /**
     * Hands whole batches from {@code fromOffset} on to {@code reader}, some at a time, and returns the offset after the
     * last of them; {@code fromOffset} when there is none.
     *
     * @throws ReplayFailed when the log cannot be read
     */
    long read(long fromOffset, int maxBytes, Consumer<ByteBuffer> reader);

    /** The log could not be read. */
    final class ReplayFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public ReplayFailed(String message) {
            super(message);
        }
    }
}
