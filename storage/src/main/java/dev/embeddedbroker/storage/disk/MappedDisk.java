package dev.embeddedbroker.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The real file system: positional writes through a channel, reads through memory maps. Thread-safe. */
public final class MappedDisk implements Disk {
    private final Unmapper unmapper = Unmapper.forThisRuntime();
    private final boolean forces;

    public MappedDisk() {
        this(true);
    }

    private MappedDisk(boolean forces) {
        this.forces = forces;
    }

    /** One for files that nobody wants back after a crash of the machine: it leaves it to the system when to write them. */
    public static MappedDisk forScratch() {
        return new MappedDisk(false);
    }

    @Override
    public DiskFile open(Path path) {
        try {
            return new MappedFile(
                    path,
                    FileChannel.open(
                            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        } catch (IOException e) {
            throw StorageException.of("open", path, e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public long sizeOf(Path path) {
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw StorageException.of("read the size of", path, e);
        }
    }

    @Override
    public long lastModifiedMs(Path path) {
        try {
            return Files.getLastModifiedTime(path).toMillis();
        } catch (IOException e) {
            throw StorageException.of("read the modification time of", path, e);
        }
    }

    @Override
    public void setLastModifiedMs(Path path, long ms) {
        try {
            Files.setLastModifiedTime(path, FileTime.fromMillis(ms));
        } catch (IOException e) {
            throw StorageException.of("set the modification time of", path, e);
        }
    }

    @Override
    public List<String> list(Path directory) {
        List<String> names = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StorageException.of("list", directory, e);
        } catch (DirectoryIteratorException e) {
            throw new StorageException("could not list " + directory, e);
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw StorageException.of("create the directory", directory, e);
        }
    }

    @Override
    public Path createTemporaryDirectory(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new StorageException("no temporary directory could be made: " + e, e);
        }
    }

    @Override
    public long totalBytes(Path path) {
        try {
            return Files.getFileStore(path).getTotalSpace();
        } catch (IOException e) {
            throw StorageException.of("read the volume's size of", path, e);
        }
    }

    @Override
    public long usableBytes(Path path) {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            throw StorageException.of("read the volume's free space of", path, e);
        }
    }

    @Override
    public void rename(Path from, Path to) {
        try {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw StorageException.of("rename to " + to.getFileName(), from, e);
        }
    }

    @Override
    public boolean delete(Path path) {
        try {
            return Files.deleteIfExists(path);
        } catch (IOException e) {
            throw StorageException.of("delete", path, e);
        }
    }

    @Override
    public void deleteTree(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw StorageException.of("delete", directory, e);
        }
    }

    @Override
    public byte[] readAll(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw StorageException.of("read", path, e);
        }
    }

    @Override
    public void resize(Path path, long sizeBytes) {
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            if (channel.size() > sizeBytes) {
                channel.truncate(sizeBytes);
            } else if (channel.size() < sizeBytes) {
                channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
            }
        } catch (IOException e) {
            throw StorageException.of("resize to " + sizeBytes + " bytes", path, e);
        }
    }

    @Override
    public void writeAtomically(Path path, ByteBuffer content, boolean force) {
        Path beside = path.resolveSibling(path.getFileName() + ".tmp");
        try (var channel = FileChannel.open(
                beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            if (force && forces) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw StorageException.of("write", beside, e);
        }
        rename(beside, path);
        if (force) {
            forceDirectory(path.resolveSibling("."));
        }
    }

    @Override
    public boolean isDurable() {
        return forces;
    }

    @Override
    public boolean force(Path path) {
        if (!forces) {
            return exists(path);
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StorageException.of("force", path, e);
        }
    }

    @Override
    public void forceDirectory(Path directory) {
        if (!forces) {
            return;
        }
        if (java.io.File.separatorChar == '\\') {
            return; // Windows cannot open a directory as a channel
        }
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw StorageException.of("force", directory, e);
        }
    }

    @Override
    public DiskLock lock(Path path) {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        } catch (IOException e) {
            throw StorageException.of("open", path, e);
        }
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // another broker of this process holds it: the same answer as from another process
        } catch (IOException e) {
            closeQuietly(channel, path);
            throw StorageException.of("lock", path, e);
        }
        if (lock == null) {
            closeQuietly(channel, path);
            throw new StorageException(path.toAbsolutePath().getParent() + " is in use by another broker ("
                    + path.getFileName() + " is locked)");
        }
        return () -> closeQuietly(channel, path);
    }

    private static void closeQuietly(FileChannel channel, Path path) {
        try {
            channel.close();
        } catch (IOException e) {
            throw StorageException.of("close", path, e);
        }
    }

    /** A file of the real file system. */
    private final class MappedFile implements DiskFile {
        private final Path path;
        private final FileChannel channel;

        MappedFile(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public long sizeBytes() {
            try {
                return channel.size();
            } catch (IOException e) {
                throw StorageException.of("read the size of", path, e);
            }
        }

        @Override
        public void write(ByteBuffer bytes, long position) {
            try {
                long at = position;
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
            } catch (IOException e) {
                throw StorageException.of("write at " + position + " of", path, e);
            }
        }

        @Override
        public int read(ByteBuffer into, long position) {
            try {
                int total = 0;
                while (into.hasRemaining()) {
                    int read = channel.read(into, position + total);
                    if (read < 0) {
                        break;
                    }
                    total += read;
                }
                return total;
            } catch (IOException e) {
                throw StorageException.of("read at " + position + " of", path, e);
            }
        }

        @Override
        public Mapping map(long sizeBytes) {
            try {
                return unmapper.map(channel, sizeBytes);
            } catch (IOException e) {
                throw StorageException.of("map " + sizeBytes + " bytes of", path, e);
            }
        }

        @Override
        public void truncate(long sizeBytes) {
            try {
                channel.truncate(sizeBytes);
            } catch (IOException e) {
                throw StorageException.of("truncate to " + sizeBytes + " bytes", path, e);
            }
        }

        @Override
        public void force() {
            if (!forces) {
                return;
            }
            try {
                channel.force(true);
            } catch (IOException e) {
                throw StorageException.of("force", path, e);
            }
        }

        @Override
        public void close() {
            closeQuietly(channel, path);
        }
    }
}
