package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Mapping;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One mapping of a segment's file, counted: held once by its segment and once by every open lease, unmapped when the
 * last lets go.
 *
 * <p>Only the segment's owner takes holds, and only while it holds the region itself, so a count of one means that
 * nobody else reads and nobody else can begin to. Any thread gives holds back.
 */
final class MappedRegion {
    private final Mapping mapping;
    private final int sizeBytes;
    private final FileHold hold;
    private final AtomicInteger holds = new AtomicInteger(1);

    MappedRegion(Mapping mapping, int sizeBytes, FileHold hold) {
        this.mapping = mapping;
        this.sizeBytes = sizeBytes;
        this.hold = hold;
        hold.retain();
    }

    int sizeBytes() {
        return sizeBytes;
    }

    ByteBuffer bytes() {
        return mapping.bytes();
    }

    boolean isLeased() {
        return holds.get() > 1;
    }

    void retain() {
        holds.incrementAndGet();
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            mapping.unmap();
            hold.release();
        }
    }
}
