package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.segment.SegmentLease;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whole batches of a log, readable by any thread until closed, whatever happens to the log meanwhile.
 *
 * <p>Close it exactly when the bytes are no longer needed: until then their memory stays mapped and their file is kept.
 */
public final class LogSlice implements AutoCloseable {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(0).asReadOnlyBuffer();

    private final @Nullable SegmentLease lease;
    private final ByteBuffer bytes;
    private final int sizeBytes;
    private final long nextOffset;

    LogSlice(SegmentLease lease, long nextOffset) {
        this.lease = lease;
        this.bytes = lease.bytes();
        this.sizeBytes = bytes.remaining();
        this.nextOffset = nextOffset;
    }

    private LogSlice(long nextOffset) {
        this.lease = null;
        this.bytes = NO_BYTES.duplicate();
        this.sizeBytes = 0;
        this.nextOffset = nextOffset;
    }

    /** No bytes; reading goes on at {@code offset}. */
    public static LogSlice empty(long offset) {
        return new LogSlice(offset);
    }

    /** Read-only, from position 0; not to be touched after {@link #close()}. */
    public ByteBuffer bytes() {
        return bytes;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public boolean isEmpty() {
        return sizeBytes == 0;
    }

    /** The offset at which a reader goes on after these bytes. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Idempotent; any thread. */
    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
