package dev.embeddedbroker.storage.segment;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to read some bytes of a segment: while it is open they stay mapped and unchanged, whatever happens to the
 * segment. Closing is idempotent and any thread may do it.
 */
public final class SegmentLease extends AtomicBoolean implements AutoCloseable {
    private static final long serialVersionUID = 1L;

    private final transient MappedRegion region;
    private final transient ByteBuffer bytes;

    SegmentLease(MappedRegion region, ByteBuffer bytes) {
        this.region = region;
        this.bytes = bytes;
        region.retain();
    }

    /** Read-only. Not to be touched after {@link #close()}. */
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (compareAndSet(false, true)) {
            region.release();
        }
    }
}
