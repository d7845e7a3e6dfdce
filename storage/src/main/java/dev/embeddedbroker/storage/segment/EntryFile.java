package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.Mapping;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of fixed-size entries that only grows at its end: the body of an index.
 *
 * <p>The newest entries wait in a small heap buffer, which is written when it is full, when the segment is sealed,
 * flushed or closed; older ones are read through a mapping made at the first lookup. So an index costs no open file, an
 * idle one costs nothing, and no store ever goes to mapped memory (a full disk is an exception, not a crash). What a
 * crash loses is rebuilt from the log.
 *
 * <p><b>Owner:</b> the segment's owner. Not thread-safe.
 */
final class EntryFile {
    private static final int TAIL_BYTES = 4096;
    private static final int FIRST_TAIL_BYTES = 96;

    private final Disk disk;
    private final Path path;
    private final int entryBytes;
    private int flushedEntries;
    private int tailEntries;
    private @Nullable ByteBuffer tail;
    private @Nullable Mapping mapping;
    private int mappedEntries;

    /** Entries that are in the file already are counted, a torn last one is not. */
    EntryFile(Disk disk, Path path, int entryBytes, boolean mayExist) {
        this.disk = disk;
        this.path = path;
        this.entryBytes = entryBytes;
        this.flushedEntries = mayExist ? (int) Math.max(0, disk.sizeOf(path) / entryBytes) : 0;
    }

    Path path() {
        return path;
    }

    int entries() {
        return flushedEntries + tailEntries;
    }

    int sizeBytes() {
        return entries() * entryBytes;
    }

    long longAt(int entry, int offset) {
        if (entry >= flushedEntries) {
            return tail().getLong((entry - flushedEntries) * entryBytes + offset);
        }
        return flushed(entry).getLong(entry * entryBytes + offset);
    }

    int intAt(int entry, int offset) {
        if (entry >= flushedEntries) {
            return tail().getInt((entry - flushedEntries) * entryBytes + offset);
        }
        return flushed(entry).getInt(entry * entryBytes + offset);
    }

    /** The buffer to put the next entry into, positioned; the caller puts exactly one entry. */
    ByteBuffer next() {
        ByteBuffer into = tail();
        if (into.position() + entryBytes > into.capacity()) {
            if (into.capacity() + entryBytes > TAIL_BYTES) {
                flush();
            } else {
                int capacity = Math.min(TAIL_BYTES / entryBytes * entryBytes, into.capacity() * 4);
                into = ByteBuffer.allocate(capacity).put(into.flip());
                tail = into;
            }
        }
        tailEntries++;
        return into;
    }

    void truncateTo(int entries) {
        if (entries >= flushedEntries) {
            tailEntries = entries - flushedEntries;
            tail().position(tailEntries * entryBytes);
            return;
        }
        unmap();
        disk.resize(path, (long) entries * entryBytes);
        flushedEntries = entries;
        tailEntries = 0;
        tail = null;
    }

    /**
     * Writes what is only in memory. The file exists afterwards, even without an entry when {@code create}.
     *
     * @return true when there was anything to do
     */
    boolean flush(boolean create) {
        if (tailEntries > 0) {
            flush();
            return true;
        }
        if (create && !disk.exists(path)) {
            disk.open(path).close();
            return true;
        }
        return false;
    }

    private void flush() {
        ByteBuffer out = tail();
        out.flip();
        try (var file = disk.open(path)) {
            file.write(out, (long) flushedEntries * entryBytes);
        } finally {
            out.limit(out.capacity()).position(tailEntries * entryBytes);
        }
        flushedEntries += tailEntries;
        tailEntries = 0;
        out.clear();
    }

    /** Gives memory back; the entries not flushed are lost. */
    void release() {
        unmap();
        tail = null;
        tailEntries = 0;
    }

    private ByteBuffer tail() {
        if (tail == null) {
            tail = ByteBuffer.allocate(FIRST_TAIL_BYTES / entryBytes * entryBytes);
        }
        return tail;
    }

    private ByteBuffer flushed(int entry) {
        if (mapping == null || entry >= mappedEntries) {
            unmap();
            try (var file = disk.open(path)) {
                mapping = file.map((long) flushedEntries * entryBytes);
            }
            mappedEntries = flushedEntries;
        }
        return mapping.bytes();
    }

    private void unmap() {
        if (mapping != null) {
            mapping.unmap();
            mapping = null;
            mappedEntries = 0;
        }
    }
}
