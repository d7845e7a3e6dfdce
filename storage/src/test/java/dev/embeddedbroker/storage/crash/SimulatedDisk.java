package dev.embeddedbroker.storage.crash;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.DiskFile;
import dev.embeddedbroker.storage.disk.Mapping;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that ends at a chosen change: by an error, with the process, or with the machine.
 *
 * <p>After {@link #afterProcessCrash} everything written is there. After {@link #afterMachineCrash} a file has, sector by
 * sector, what was forced or what was written; a directory has a prefix of the creations, renames and deletions since it
 * was forced, in the order they were made, as journalling file systems keep it. Forcing a file does not force its name.
 *
 * <p><b>Owner:</b> one test thread.
 */
final class SimulatedDisk implements Disk {

    /** What happens at the chosen change and at each one after it. */
    enum End {
        ERROR,
        CRASH
    }

    /** A file or a directory. */
    sealed interface Node permits SimulatedFile, Folder {}

    private record NameChange(String name, @Nullable Node node) {}

    /** A directory's entries as seen, as forced, and what was changed in between. */
    static final class Folder implements Node {
        final TreeMap<String, Node> entries = new TreeMap<>();
        final TreeMap<String, Node> durable = new TreeMap<>();
        final List<List<NameChange>> pending = new ArrayList<>();

        void change(NameChange... changes) {
            apply(entries, List.of(changes));
            pending.add(List.of(changes));
        }

        private static void apply(TreeMap<String, Node> names, List<NameChange> changes) {
            for (NameChange change : changes) {
                if (change.node() == null) {
                    names.remove(change.name());
                } else {
                    names.put(change.name(), change.node());
                }
            }
        }

        void force() {
            pending.forEach(changes -> apply(durable, changes));
            pending.clear();
        }

        Folder afterProcessCrash() {
            Folder left = new Folder();
            entries.forEach((name, node) -> {
                Node same = node instanceof Folder folder
                        ? folder.afterProcessCrash()
                        : ((SimulatedFile) node).afterProcessCrash();
                left.entries.put(name, same);
                left.durable.put(name, same);
            });
            return left;
        }

        Folder afterMachineCrash(Random random, int sectorBytes, double reached) {
            int kept = reached == 0 ? 0 : reached == 1 ? pending.size() : random.nextInt(pending.size() + 1);
            TreeMap<String, Node> names = new TreeMap<>(durable);
            pending.subList(0, kept).forEach(changes -> apply(names, changes));
            Folder left = new Folder();
            names.forEach((name, node) -> {
                Node survived = node instanceof Folder folder
                        ? folder.afterMachineCrash(random, sectorBytes, reached)
                        : ((SimulatedFile) node).afterMachineCrash(random, sectorBytes, reached);
                left.entries.put(name, survived);
                left.durable.put(name, survived);
            });
            return left;
        }
    }

    private final Folder root;
    private final End end;
    private long changesLeft;
    private boolean ended;

    private SimulatedDisk(Folder root, long changes, End end) {
        this.root = root;
        this.changesLeft = changes;
        this.end = end;
    }

    static SimulatedDisk empty() {
        return new SimulatedDisk(new Folder(), Long.MAX_VALUE, End.ERROR);
    }

    /** From now on, {@code changes} changes succeed. */
    SimulatedDisk endingAfter(long changes, End how) {
        return new SimulatedDisk(root, changes, how);
    }

    @Override
    public Path createTemporaryDirectory(String prefix) {
        Path directory = Path.of("/" + prefix);
        createDirectories(directory);
        return directory;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Every file below {@code directory}. */
    List<Path> files(Path directory) {
        List<Path> files = new ArrayList<>();
        for (String name : list(directory)) {
            Path path = directory.resolve(name);
            if (isDirectory(path)) {
                files.addAll(files(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    /** Other content for a file that nobody has open. */
    void replace(Path path, byte[] content) {
        SimulatedFile file = file(path);
        file.resize(0);
        file.write(ByteBuffer.wrap(content), content.length, 0);
    }

    SimulatedDisk afterProcessCrash() {
        return new SimulatedDisk(root.afterProcessCrash(), Long.MAX_VALUE, End.ERROR);
    }

    SimulatedDisk afterMachineCrash(Random random) {
        int sectorBytes = random.nextBoolean() ? 512 : 4096;
        double reached = new double[] {0, 0.3, 0.7, 1}[random.nextInt(4)];
        return new SimulatedDisk(root.afterMachineCrash(random, sectorBytes, reached), Long.MAX_VALUE, End.ERROR);
    }

    /** True when the change is to happen; a write that ends the disk may happen in part. */
    private void change(String operation) {
        if (changesLeft-- > 0) {
            return;
        }
        ended = true;
        if (end == End.CRASH) {
            throw new PowerLost(operation);
        }
        throw new StorageException("the disk fails, as it was told to: " + operation);
    }

    private @Nullable Node find(Path path) {
        Node node = root;
        for (Path name : path) {
            if (name.toString().equals(".")) {
                continue;
            }
            node = node instanceof Folder folder ? folder.entries.get(name.toString()) : null;
        }
        return node;
    }

    private Folder folder(@Nullable Path path) {
        if (path != null && find(path) instanceof Folder folder) {
            return folder;
        }
        throw new StorageException("there is no directory " + path);
    }

    private SimulatedFile file(Path path) {
        if (find(path) instanceof SimulatedFile file) {
            return file;
        }
        throw new StorageException("there is no file " + path);
    }

    private static String nameOf(Path path) {
        return path.getFileName().toString();
    }

    @Override
    public DiskFile open(Path path) {
        if (find(path) == null) {
            change("create " + path);
            folder(path.getParent()).change(new NameChange(nameOf(path), new SimulatedFile()));
        }
        return new Opened(path, file(path));
    }

    @Override
    public boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public long sizeOf(Path path) {
        return find(path) instanceof SimulatedFile file ? file.sizeBytes() : -1;
    }

    @Override
    public long lastModifiedMs(Path path) {
        return 0;
    }

    @Override
    public void setLastModifiedMs(Path path, long ms) {
        file(path); // no time is kept
    }

    @Override
    public List<String> list(Path directory) {
        return find(directory) instanceof Folder folder ? List.copyOf(folder.entries.keySet()) : List.of();
    }

    @Override
    public boolean isDirectory(Path path) {
        return find(path) instanceof Folder;
    }

    @Override
    public void createDirectories(Path directory) {
        if (find(directory) != null) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null && parent.getNameCount() > 0) {
            createDirectories(parent);
        }
        change("create " + directory);
        Folder into = parent == null || parent.getNameCount() == 0 ? root : folder(parent);
        into.change(new NameChange(nameOf(directory), new Folder()));
    }

    @Override
    public void rename(Path from, Path to) {
        change("rename " + from + " to " + to);
        Node node = find(from);
        if (node == null || !from.getParent().equals(to.getParent())) {
            throw new StorageException("could not rename " + from + " to " + to);
        }
        folder(from.getParent()).change(new NameChange(nameOf(from), null), new NameChange(nameOf(to), node));
    }

    @Override
    public boolean delete(Path path) {
        if (find(path) == null) {
            return false;
        }
        change("delete " + path);
        folder(path.getParent()).change(new NameChange(nameOf(path), null));
        return true;
    }

    @Override
    public void deleteTree(Path directory) {
        if (find(directory) instanceof Folder folder) {
            for (String name : List.copyOf(folder.entries.keySet())) {
                deleteTree(directory.resolve(name));
            }
        }
        delete(directory);
    }

    @Override
    public byte[] readAll(Path path) {
        return file(path).content();
    }

    @Override
    public void resize(Path path, long sizeBytes) {
        change("resize " + path);
        file(path).resize(sizeBytes);
    }

    @Override
    public void writeAtomically(Path path, ByteBuffer content, boolean force) {
        Path beside = path.resolveSibling(nameOf(path) + ".tmp");
        delete(beside);
        DiskFile file = open(beside);
        file.write(content, 0);
        if (force) {
            file.force();
        }
        rename(beside, path);
        if (force) {
            forceDirectory(path.getParent());
        }
    }

    @Override
    public boolean force(Path path) {
        if (!(find(path) instanceof SimulatedFile file)) {
            return false;
        }
        change("force " + path);
        file.force();
        return true;
    }

    @Override
    public void forceDirectory(Path directory) {
        change("force " + directory);
        Folder forced = directory.getNameCount() == 0 ? root : folder(directory);
        forced.force();
    }

    @Override
    public DiskLock lock(Path path) {
        open(path).close();
        return () -> {};
    }

    /** An open file. */
    private final class Opened implements DiskFile {
        private final Path path;
        private final SimulatedFile file;

        Opened(Path path, SimulatedFile file) {
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
            if (!ended && changesLeft <= 0) {
                file.write(bytes, bytes.remaining() / 2, position);
            }
            change("write " + path);
            file.write(bytes, bytes.remaining(), position);
        }

        @Override
        public int read(ByteBuffer into, long position) {
            int count = (int) Math.max(0, Math.min(into.remaining(), file.sizeBytes() - position));
            into.put(file.content(), (int) position, count);
            return count;
        }

        @Override
        public Mapping map(long sizeBytes) {
            if (sizeBytes > file.sizeBytes()) {
                change("extend " + path);
            }
            return file.map(sizeBytes);
        }

        @Override
        public void truncate(long sizeBytes) {
            change("truncate " + path);
            file.resize(sizeBytes);
        }

        @Override
        public void force() {
            change("force " + path);
            file.force();
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
