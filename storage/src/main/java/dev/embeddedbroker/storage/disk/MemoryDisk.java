package dev.embeddedbroker.storage.disk;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory, which ends with its last file: what logs are kept on that need not outlive the process.
 *
 * <p>Files of more than a few KiB lie outside the heap, each in one piece that doubles as it grows, and are freed when
 * they are deleted and no mapping of them is left. What they take is bounded by the JVM's limit of direct memory
 * ({@code -XX:MaxDirectMemorySize}, by default as large as the heap may be); beyond it, writing fails as it does on a full
 * disk. Forcing does nothing.
 *
 * <p><b>Owner:</b> none. Thread-safe: names are guarded by {@code this} and each file's bytes by the file, leaf locks both.
 */
public final class MemoryDisk implements Disk {
    private static final int FIRST_ROOM_BYTES = 1024;

    /*
     * A file lies in one piece, so one that grows is copied into larger and larger pieces, all of them memory that the
     * kernel has to find and to zero: of the broker's CPU in a produce run that was two thirds. Segments of this size cost
     * each byte once, and malloc has their memory ready when another one has been freed (up to its limit of 32 MiB).
     */
    private static final int GOOD_FILE_BYTES = 16 * 1024 * 1024;

    private final Unmapper memory = Unmapper.forThisRuntime();
    private final AtomicLong bytesOffHeap = new AtomicLong();
    private final AtomicLong temporaries = new AtomicLong();
    private final Map<Path, Directory> directories = new HashMap<>();
    private final Set<Path> locks = new HashSet<>();

    /** What is directly in a directory. */
    private static final class Directory {
        final Map<String, MemoryFile> files = new HashMap<>();
        final Set<String> directories = new HashSet<>();
    }

    /** What all files take outside the heap now, those among them that are deleted and still mapped. */
    public long bytesOffHeap() {
        return bytesOffHeap.get();
    }

    // ---- files

    @Override
    public synchronized DiskFile open(Path path) {
        return new OpenFile(path, fileToWrite(path).retain());
    }

    private MemoryFile fileToWrite(Path path) {
        Directory directory = directories.get(parentOf(path));
        if (directory == null) {
            throw missing("open", path);
        }
        String name = nameOf(path);
        var file = directory.files.get(name);
        if (file == null) {
            file = newFile();
            directory.files.put(name, file);
        }
        return file;
    }

    private MemoryFile newFile() {
        return new MemoryFile(memory, bytesOffHeap);
    }

    private synchronized @Nullable MemoryFile find(Path path) {
        Directory directory = directories.get(parentOf(path));
        return directory == null ? null : directory.files.get(nameOf(path));
    }

    private MemoryFile require(String operation, Path path) {
        MemoryFile found = find(path);
        if (found == null) {
            throw missing(operation, path);
        }
        return found;
    }

    private static StorageException missing(String operation, Path path) {
        return new StorageException("could not " + operation + " " + path + ": there is no such file in memory");
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static String nameOf(Path path) {
        return path.getFileName().toString();
    }

    @Override
    public boolean exists(Path path) {
        return find(path) != null || isDirectory(path);
    }

    @Override
    public long sizeOf(Path path) {
        MemoryFile found = find(path);
        return found == null ? -1 : found.sizeBytes();
    }

    @Override
    public long lastModifiedMs(Path path) {
        return require("read the modification time of", path).lastModifiedMs();
    }

    @Override
    public void setLastModifiedMs(Path path, long ms) {
        require("set the modification time of", path).setLastModifiedMs(ms);
    }

    @Override
    public byte[] readAll(Path path) {
        return require("read", path).readAll();
    }

    @Override
    public void resize(Path path, long sizeBytes) {
        require("resize", path).resize(sizeBytes);
    }

    @Override
    public synchronized void writeAtomically(Path path, ByteBuffer content, boolean force) {
        Directory directory = directories.get(parentOf(path));
        if (directory == null) {
            throw missing("write", path);
        }
        MemoryFile written = newFile();
        written.write(content, 0);
        drop(directory.files.put(nameOf(path), written));
    }

    private static void drop(@Nullable MemoryFile file) {
        if (file != null) {
            file.release();
        }
    }

    // ---- names

    @Override
    public synchronized List<String> list(Path directory) {
        Directory listed = directories.get(directory);
        if (listed == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>(listed.files.keySet());
        names.addAll(listed.directories);
        names.sort(null);
        return names;
    }

    @Override
    public synchronized boolean isDirectory(Path path) {
        return directories.containsKey(path);
    }

    @Override
    public synchronized void createDirectories(Path directory) {
        if (directories.containsKey(directory)) {
            return;
        }
        directories.put(directory, new Directory());
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(parent);
            directoryOf(directory).directories.add(nameOf(directory));
        }
    }

    private Directory directoryOf(Path path) {
        Directory parent = directories.get(parentOf(path));
        if (parent == null) {
            throw missing("reach", path);
        }
        return parent;
    }

    @Override
    public Path createTemporaryDirectory(String prefix) {
        Path directory = Path.of(prefix + "in-memory-" + temporaries.incrementAndGet());
        createDirectories(directory);
        return directory;
    }

    @Override
    public synchronized void rename(Path from, Path to) {
        if (directories.containsKey(from)) {
            renameDirectory(from, to);
            return;
        }
        MemoryFile file = directoryOf(from).files.remove(nameOf(from));
        if (file == null) {
            throw missing("rename to " + to.getFileName(), from);
        }
        drop(directoryOf(to).files.put(nameOf(to), file));
    }

    private void renameDirectory(Path from, Path to) {
        if (directories.containsKey(to)) {
            throw new StorageException(
                    "could not rename to " + to.getFileName() + " " + from + ": it is there already");
        }
        createDirectories(to);
        Directory moved = directories.get(from);
        Directory target = directories.get(to);
        if (moved == null || target == null) {
            throw missing("rename to " + to.getFileName(), from);
        }
        for (String below : List.copyOf(moved.directories)) {
            renameDirectory(from.resolve(below), to.resolve(below));
        }
        target.files.putAll(moved.files);
        forget(from);
    }

    private void forget(Path directory) {
        directories.remove(directory);
        Directory parent = directories.get(parentOf(directory));
        if (parent != null) {
            parent.directories.remove(nameOf(directory));
        }
    }

    @Override
    public synchronized boolean delete(Path path) {
        Directory parent = directories.get(parentOf(path));
        MemoryFile file = parent == null ? null : parent.files.remove(nameOf(path));
        if (file != null) {
            file.release();
            return true;
        }
        Directory directory = directories.get(path);
        if (directory == null) {
            return false;
        }
        if (!directory.files.isEmpty() || !directory.directories.isEmpty()) {
            throw new StorageException("could not delete " + path + ": it is not empty");
        }
        forget(path);
        return true;
    }

    @Override
    public synchronized void deleteTree(Path path) {
        Directory directory = directories.get(path);
        if (directory == null) {
            return;
        }
        for (String below : List.copyOf(directory.directories)) {
            deleteTree(path.resolve(below));
        }
        directory.files.values().forEach(MemoryFile::release);
        forget(path);
    }

    @Override
    public boolean deletesAtOnce() {
        return true;
    }

    // ---- durability, of which there is none

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public boolean force(Path path) {
        return exists(path);
    }

    @Override
    public void forceDirectory(Path directory) {
        // what ends with the process needs none
    }

    @Override
    public synchronized DiskLock lock(Path path) {
        if (!locks.add(path)) {
            throw new StorageException(
                    path.getParent() + " is in use by another broker (" + path.getFileName() + " is locked)");
        }
        fileToWrite(path);
        return () -> unlock(path);
    }

    private synchronized void unlock(Path path) {
        locks.remove(path);
    }

    // ---- room

    @Override
    public long roomFor(long bytes) {
        return Math.max(FIRST_ROOM_BYTES, Long.highestOneBit(Math.max(1, bytes - 1)) << 1);
    }

    @Override
    public int goodFileBytes() {
        return GOOD_FILE_BYTES;
    }

    /** A file that somebody has open. */
    private static final class OpenFile implements DiskFile {
        private final Path path;
        private final MemoryFile file;
        private boolean closed;

        OpenFile(Path path, MemoryFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public long sizeBytes() {
            return file.sizeBytes();
        }

        @Override
        public void write(ByteBuffer bytes, long position) {
            file.write(bytes, position);
        }

        @Override
        public void expect(int sizeBytes) {
            file.expect(sizeBytes);
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return file.read(into, position);
        }

        @Override
        public Mapping map(long sizeBytes) {
            return file.map(sizeBytes);
        }

        @Override
        public void truncate(long sizeBytes) {
            file.truncate(sizeBytes);
        }

        @Override
        public void force() {
            // what ends with the process needs none
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                file.release();
            }
        }
    }
}
