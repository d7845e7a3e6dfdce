package dev.embeddedbroker.net;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The bytes of one request as they came from the socket, without the size in front.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class Frame {

    private final ByteBuf memory;
    private final RequestBudget budget;
    private final ByteBuffer bytes;
    private final int sizeBytes;
    private boolean released;
    private long receivedNanos;

    /** Takes over one reference to {@code memory}, and {@code sizeBytes} reserved from {@code budget}. */
    Frame(ByteBuf memory, int at, int sizeBytes, RequestBudget budget) {
        this.memory = memory;
        this.budget = budget;
        this.bytes = memory.nioBuffer(at, sizeBytes);
        this.sizeBytes = sizeBytes;
    }

    /** The request; stays valid until {@link #release}, slices of it included. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** When it was here, as far as somebody wanted to know. */
    long receivedNanos() {
        return receivedNanos;
    }

    void receivedAt(long nanos) {
        receivedNanos = nanos;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    void release() {
        if (!released) {
            released = true;
            memory.release();
            budget.release(sizeBytes);
        }
    }
}
