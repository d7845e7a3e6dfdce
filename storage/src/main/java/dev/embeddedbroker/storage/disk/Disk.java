package dev.embeddedbroker.storage.disk;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system as storage needs it.
 *
 * <p>Every method throws {@link StorageException} when the file system refuses. Implementations are thread-safe; a
 * {@link DiskFile} is not.
 */
public interface Disk {

    /** Opens {@code path} for reading and writing and creates it when missing. */
    DiskFile open(Path path);

    boolean exists(Path path);

    /** Size in bytes of a file, or −1 when there is none. */
    long sizeOf(Path path);

    /** Last modification of a file, in ms since the epoch. */
    long lastModifiedMs(Path path);

    /** Sets the last modification of a file. */
    void setLastModifiedMs(Path path, long ms);

    /** Names (not paths) of the entries of {@code directory}, sorted; none when it does not exist. */
    List<String> list(Path directory);

    boolean isDirectory(Path path);

    void createDirectories(Path directory);

    /** Makes a directory that nobody else has, for a broker that keeps nothing. */
    Path createTemporaryDirectory(String prefix);

    /** Renames a file or directory, replacing a file of that name. */
    void rename(Path from, Path to);

    /** Deletes a file or an empty directory; true when there was one. */
    boolean delete(Path path);

    /** Deletes a directory and all below it; nothing when it does not exist. */
    void deleteTree(Path directory);

    /** True where deleting takes no time and frees memory, so that nobody should put it off. */
    default boolean deletesAtOnce() {
        return false;
    }

    byte[] readAll(Path path);

    /** Cuts a file that is not open, or makes it longer with zeros. */
    void resize(Path path, long sizeBytes);

    /**
     * Replaces the content of {@code path} so that a crash leaves the old or the new content, never a mixture: written
     * beside it, forced when {@code force}, renamed over it.
     */
    void writeAtomically(Path path, ByteBuffer content, boolean force);

    /** False when forcing does nothing here, because nobody wants the files back after a crash of the machine. */
    default boolean isDurable() {
        return true;
    }

    /** Makes the content of a file durable; false when there is no such file. */
    boolean force(Path path);

    /** Makes creations, renames and deletions in {@code directory} durable, where the platform can. */
    void forceDirectory(Path directory);

    /** Takes the exclusive lock file {@code path}; held until closed. Fails when another owner, of any process, holds it. */
    DiskLock lock(Path path);

    /**
     * How much room to give a file that grows and has {@code bytes} now: it is mapped, and made, as large. From 64 KiB on in
     * steps of four, since each step is a system call and a mapping, and what is not written takes no space.
     */
    default long roomFor(long bytes) {
        long room = 64 * 1024;
        while (room < bytes) {
            room *= 4;
        }
        return room;
    }

    /** How large a file may grow before a further one is as good. A log goes by it where segment.bytes allows more. */
    default int goodFileBytes() {
        return Integer.MAX_VALUE;
    }

    /** Size of the volume that {@code path} is on, in bytes; −1 when it is not known. */
    default long totalBytes(Path path) {
        return -1;
    }

    /** What of it is free for this process, in bytes; −1 when it is not known. */
    default long usableBytes(Path path) {
        return -1;
    }

    /** An exclusive claim on a directory. */
    interface DiskLock extends AutoCloseable {
        @Override
        void close();
    }
}
