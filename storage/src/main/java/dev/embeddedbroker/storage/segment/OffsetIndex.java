package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Disk;
import java.nio.file.Path;

/**
 * Where in the segment's file an offset is to be looked for: one entry every {@code index.interval.bytes}.
 *
 * <pre>
 * entry (8 bytes)   relativeOffset int32 | position int32
 * </pre>
 *
 * <p>An entry holds the last offset of an append, relative to the segment's base offset, and the position where that
 * append began. Both grow strictly from entry to entry. <b>Owner:</b> the segment's owner.
 */
final class OffsetIndex {
    private static final int ENTRY_BYTES = 8;
    private static final int POSITION = 4;

    private final EntryFile file;
    private final long baseOffset;
    private int loadedEntries;

    OffsetIndex(Disk disk, Path directory, long baseOffset, String ending, boolean mayExist) {
        this.baseOffset = baseOffset;
        this.file = new EntryFile(
                disk, SegmentName.in(directory, baseOffset, SegmentName.OFFSET_INDEX + ending), ENTRY_BYTES, mayExist);
        this.loadedEntries = file.entries();
    }

    EntryFile file() {
        return file;
    }

    boolean isFull(int maxBytes) {
        return file.entries() >= maxBytes / ENTRY_BYTES;
    }

    void append(long offset, int position) {
        int entries = file.entries();
        if (entries > 0 && (relativeOffset(entries - 1) >= offset - baseOffset || position(entries - 1) >= position)) {
            throw new IllegalArgumentException(
                    "index entry (" + offset + " at " + position + ") must lie beyond the last ("
                            + (baseOffset + relativeOffset(entries - 1)) + " at " + position(entries - 1) + ")");
        }
        file.next().putInt(Math.toIntExact(offset - baseOffset)).putInt(position);
    }

    /** The position of the last entry at or below {@code offset}; 0 without one. */
    int floorPosition(long offset) {
        int entry = floorEntry(offset);
        return entry < 0 ? 0 : position(entry);
    }

    /** Whether the entry that {@link #floorPosition} takes was there when the segment was opened. */
    boolean isFloorLoaded(long offset) {
        int entry = floorEntry(offset);
        return entry >= 0 && entry < loadedEntries;
    }

    /** The greatest position at or below {@code position} that was indexed since the opening; 0 without one. */
    int ownFloorOfPosition(int position) {
        int low = loadedEntries;
        int high = file.entries() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (position(middle) <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < loadedEntries ? 0 : position(high);
    }

    /** The offset of the last entry; the base offset without one. */
    long lastOffset() {
        return file.entries() == 0 ? baseOffset : baseOffset + relativeOffset(file.entries() - 1);
    }

    /** Drops the entries at or beyond {@code offset}. */
    void truncateTo(long offset) {
        int keep = floorEntry(offset) + 1;
        if (keep > 0 && baseOffset + relativeOffset(keep - 1) == offset) {
            keep--;
        }
        file.truncateTo(keep);
        loadedEntries = Math.min(loadedEntries, keep);
    }

    void clear() {
        loadedEntries = 0;
        file.truncateTo(0);
    }

    /** True when the entries can belong to a segment of {@code logBytes} bytes. */
    boolean isSane(int logBytes) {
        int last = file.entries() - 1;
        return last < 0
                || (relativeOffset(last) >= 0
                        && position(last) >= 0
                        && position(last) < logBytes
                        && relativeOffset(0) <= relativeOffset(last)
                        && position(0) <= position(last));
    }

    private int floorEntry(long offset) {
        long wanted = offset - baseOffset;
        int low = 0;
        int high = file.entries() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (relativeOffset(middle) <= wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private int relativeOffset(int entry) {
        return file.intAt(entry, 0);
    }

    private int position(int entry) {
        return file.intAt(entry, POSITION);
    }
}
