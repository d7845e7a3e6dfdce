package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Disk;
import java.nio.file.Path;

/**
 * From which offset on a timestamp is to be looked for.
 *
 * <pre>
 * entry (12 bytes)   timestamp int64 | relativeOffset int32
 * </pre>
 *
 * <p>An entry says: up to and including that offset the greatest timestamp is this. Timestamps grow strictly, offsets
 * do not fall. A sealed segment's last entry holds the segment's greatest timestamp. <b>Owner:</b> the segment's owner.
 */
final class TimeIndex {
    private static final int ENTRY_BYTES = 12;
    private static final int RELATIVE_OFFSET = 8;

    private final EntryFile file;
    private final long baseOffset;

    TimeIndex(Disk disk, Path directory, long baseOffset, String ending, boolean mayExist) {
        this.baseOffset = baseOffset;
        this.file = new EntryFile(
                disk, SegmentName.in(directory, baseOffset, SegmentName.TIME_INDEX + ending), ENTRY_BYTES, mayExist);
    }

    EntryFile file() {
        return file;
    }

    /** One place is kept for the entry that sealing adds. */
    boolean isFull(int maxBytes) {
        return file.entries() >= maxBytes / ENTRY_BYTES - 1;
    }

    /** Adds an entry unless the last one has that timestamp or a later one. */
    void append(long timestampMs, long offset) {
        if (timestampMs > lastTimestampMs()) {
            file.next().putLong(timestampMs).putInt(Math.toIntExact(offset - baseOffset));
        }
    }

    /** The greatest indexed timestamp; −1 without an entry. */
    long lastTimestampMs() {
        return file.entries() == 0 ? -1 : timestampMs(file.entries() - 1);
    }

    /** The offset that belongs to {@link #lastTimestampMs()}; the base offset without an entry. */
    long lastOffset() {
        return file.entries() == 0 ? baseOffset : offset(file.entries() - 1);
    }

    /** The offset of the last entry whose timestamp is at most {@code timestampMs}; the base offset without one. */
    long floorOffset(long timestampMs) {
        int entry = floorEntry(timestampMs);
        return entry < 0 ? baseOffset : offset(entry);
    }

    /** The timestamp of that entry; −1 without one. */
    long floorTimestampMs(long timestampMs) {
        int entry = floorEntry(timestampMs);
        return entry < 0 ? -1 : timestampMs(entry);
    }

    private int floorEntry(long timestampMs) {
        int low = 0;
        int high = file.entries() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (timestampMs(middle) <= timestampMs) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Drops the entries at or beyond {@code offset}. */
    void truncateTo(long offset) {
        int low = 0;
        int high = file.entries() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (offset(middle) < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        file.truncateTo(high + 1);
    }

    void clear() {
        file.truncateTo(0);
    }

    /** True when first and last entry fit each other and the segment. */
    boolean isSane() {
        int last = file.entries() - 1;
        return last < 0
                || (timestampMs(0) <= timestampMs(last)
                        && offset(0) <= offset(last)
                        && offset(last) >= baseOffset
                        && offset(0) >= baseOffset);
    }

    private long timestampMs(int entry) {
        return file.longAt(entry, 0);
    }

    private long offset(int entry) {
        return baseOffset + file.intAt(entry, RELATIVE_OFFSET);
    }
}
