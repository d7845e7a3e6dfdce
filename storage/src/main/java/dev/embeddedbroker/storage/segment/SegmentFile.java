package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.DiskFile;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a segment: appended to a file, read through a mapping of it.
 *
 * <p><b>Owner:</b> the segment's owner. Not thread-safe; what a {@link SegmentLease} shows may be read by any thread.
 */
/*
 * Batches are appended by positional writes and read through a read-only mapping of the same file: both see the same
 * pages of the page cache, and an append never faults page by page. The mapping grows in steps (Disk.roomFor, up to
 * segment.bytes) and the file is made as long, sparsely; so what follows sizeBytes, the published end, is zeros
 * or the rest of a failed write, which no reader is shown and the next append overwrites. Sealing and closing trim the
 * file to its data; after a crash, recovery takes the zeros for the end.
 *
 * The bytes of an open lease must not change. Appends lie beyond every lease. Truncation is the one operation after
 * which bytes would be written again, so with a lease open it moves the rest to a new file and leaves the old one to the
 * lease. Trimming cuts only bytes beyond the published end, which no lease shows; a platform that refuses to cut a
 * mapped file (Windows) leaves the tail, and the segment says so (isTrimmed).
 */
final class SegmentFile {
    private final Disk disk;
    private final Path path;
    private FileHold hold = new FileHold();
    private @Nullable DiskFile file;
    private @Nullable MappedRegion region;
    private int sizeBytes;
    private long fileBytes;
    private int mapLimitBytes;
    private boolean grows;
    private boolean retired;

    private SegmentFile(Disk disk, Path path, int mapLimitBytes) {
        this.disk = disk;
        this.path = path;
        this.mapLimitBytes = mapLimitBytes;
    }

    /** A new empty file, made now. */
    static SegmentFile create(Disk disk, Path path, int mapLimitBytes) {
        var created = new SegmentFile(disk, path, mapLimitBytes);
        created.grows = true;
        created.file = disk.open(path);
        return created;
    }

    /** A file that is there; all its bytes are published. */
    static SegmentFile load(Disk disk, Path path, int mapLimitBytes) {
        var loaded = new SegmentFile(disk, path, mapLimitBytes);
        long bytes = disk.sizeOf(path);
        if (bytes < 0 || bytes > Integer.MAX_VALUE) {
            throw new StorageException(path + " has " + bytes + " bytes (expected: 0 to " + Integer.MAX_VALUE + ")");
        }
        loaded.sizeBytes = (int) bytes;
        loaded.fileBytes = bytes;
        return loaded;
    }

    Path path() {
        return path;
    }

    /** The published end: only bytes below it are shown to readers. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** False when zeros follow the data because the platform would not cut a mapped file. */
    boolean isTrimmed() {
        return fileBytes == sizeBytes;
    }

    /** Whether appends are to be expected, so that the mapping is made larger than the data. */
    boolean grows() {
        return grows;
    }

    void setGrows(boolean grows) {
        this.grows = grows;
    }

    void setMapLimit(int mapLimitBytes) {
        this.mapLimitBytes = mapLimitBytes;
    }

    // ---- write and read

    /** Writes beyond the published end; {@link #publish} shows it. The buffer's position is moved to its limit. */
    void write(ByteBuffer bytes) {
        openFile().write(bytes, sizeBytes);
    }

    void expect(int bytes) {
        openFile().expect(bytes);
    }

    /** Moves the published end up over what was written. */
    void publish(int bytes) {
        sizeBytes += bytes;
        fileBytes = Math.max(fileBytes, sizeBytes);
    }

    /** The mapping, which covers all that is published; valid until the next call of any method. */
    ByteBuffer bytes() {
        return mapped().bytes();
    }

    /** Keeps [from, to) readable for whom it is given to. */
    SegmentLease lease(int from, int to) {
        MappedRegion mapped = mapped();
        return new SegmentLease(mapped, mapped.bytes().slice(from, to - from));
    }

    /** True while a slice shows any mapping of the file, this one or one it has outgrown. */
    boolean isLeased() {
        return region == null ? hold.isMapped() : region.isLeased() || hold.mappings() > 1;
    }

    /** True while the file is mapped by whomever. */
    boolean isMapped() {
        return hold.isMapped();
    }

    private MappedRegion mapped() {
        MappedRegion current = region;
        return current == null || current.sizeBytes() < sizeBytes ? remap() : current;
    }

    private MappedRegion remap() {
        int bytes = grows ? roomFor(sizeBytes) : sizeBytes;
        boolean wasClosed = file == null;
        MappedRegion grown = new MappedRegion(openFile().map(bytes), bytes, hold);
        fileBytes = Math.max(fileBytes, bytes);
        if (wasClosed) {
            closeFile();
        }
        releaseRegion();
        region = grown;
        return grown;
    }

    private int roomFor(int bytes) {
        return (int) Math.min(disk.roomFor(bytes), Math.max(mapLimitBytes, bytes));
    }

    private DiskFile openFile() {
        if (retired) {
            throw new IllegalStateException(path + " is used after its segment was given up");
        }
        if (file == null) {
            file = disk.open(path);
        }
        return file;
    }

    // ---- cutting

    /** Moves the published end down to {@code position}; open leases go on showing what is cut off. */
    void truncateTo(int position, Path copy) {
        if (isLeased()) {
            moveToNewFile(position, copy);
        } else {
            cutTo(position);
        }
    }

    /** Cuts data away that no lease shows. */
    void cutTo(int position) {
        sizeBytes = position;
        trim();
    }

    /** Cuts what follows the published end. */
    void trim() {
        if (isTrimmed()) {
            return;
        }
        if (region != null && !region.isLeased()) {
            releaseRegion();
        }
        try {
            openFile().truncate(sizeBytes);
            fileBytes = sizeBytes;
        } catch (StorageException e) {
            if (!hold.isMapped()) {
                throw e;
            }
        }
    }

    /** The first {@code bytes} bytes get a file of their own, written as {@code copy}; the old one stays to whom it is leased. */
    private void moveToNewFile(int bytes, Path copy) {
        disk.delete(copy);
        try (var out = disk.open(copy)) {
            if (bytes > 0) {
                out.write(mapped().bytes().slice(0, bytes), 0);
            }
        }
        release();
        disk.rename(copy, path);
        hold.retire(() -> {});
        hold = new FileHold();
        sizeBytes = bytes;
        fileBytes = bytes;
    }

    // ---- end of life

    void closeFile() {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    /** Gives back file and memory without writing anything. */
    void release() {
        closeFile();
        releaseRegion();
    }

    /** The segment needs the file no more: {@code whenFree} runs when no lease does either. After {@link #release}. */
    void retire(Runnable whenFree) {
        retired = true;
        hold.retire(whenFree);
    }

    private void releaseRegion() {
        if (region != null) {
            region.release();
            region = null;
        }
    }
}
