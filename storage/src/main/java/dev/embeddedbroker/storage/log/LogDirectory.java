package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.Disk.DiskLock;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.segment.SegmentName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory of logs ({@code log.dirs}), laid out as Apache Kafka lays it out.
 *
 * <pre>
 * meta.properties                    whose it is
 * .lock                              held while it is open
 * .kafka_cleanshutdown               there between a clean close and the next opening
 * recovery-point-offset-checkpoint   up to where each log is durable
 * log-start-offset-checkpoint        where each log starts, if not with its first segment
 * replication-offset-checkpoint      each partition's high watermark
 * cleaner-offset-checkpoint          up to where each log is compacted
 * topic-0/ …                         a log; partition.metadata in it has the topic's id
 * topic-0.….-delete/                 a deleted log, until its last slice is closed and file.delete.delay.ms is over,
 *                                    or this is closed
 * topic-0.….-future/                 a log that is being copied from another directory; nothing worth after a stop
 * topic-0.….-stray/                  a log of a topic that is not there any more, or not known
 * </pre>
 *
 * <p><b>Owner:</b> the node. Thread-safe: partitions on different loops open and delete their logs through it. A log
 * itself belongs to the loop that opened it; {@link #close} takes over those still open, so loops must have stopped.
 */
public final class LogDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);
    private static final String LOCK = ".lock";
    private static final String CLEAN = ".kafka_cleanshutdown";
    private static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    private static final String START_OFFSETS = "log-start-offset-checkpoint";
    private static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
    private static final String CLEANED_OFFSETS = "cleaner-offset-checkpoint";
    static final String PARTITION_METADATA = "partition.metadata";
    private static final String DELETE = "-delete";
    private static final String FUTURE = "-future";
    private static final String STRAY = "-stray";
    private static final int MAX_NAME = 255;
    private static final int UNIQUE_LENGTH = 32;
    private static final int MAX_LONG_DIGITS = 19;
    private static final Pattern LOG_NAME = Pattern.compile("(.+)-(\\d+)");
    private static final Pattern BROKER_EPOCH = Pattern.compile("\"brokerEpoch\"\\s*:\\s*(-?\\d+)");
    private static final Pattern TOPIC_ID = Pattern.compile("(?m)^topic_id:\\s*([A-Za-z0-9_-]{22})\\s*$");

    private final Disk disk;
    private final Path root;
    private final DiskLock lock;
    private final MetaProperties meta;
    private final boolean clean;
    private final long cleanBrokerEpoch;
    private final Map<LogId, Long> recoveryPoints;
    private final Map<LogId, Long> startOffsets;
    private final Map<LogId, Long> highWatermarks;
    private final Map<LogId, Long> cleanedOffsets;
    private final Map<LogId, PartitionLog> logs = new ConcurrentHashMap<>();
    /** The topics of logs that were asked for and are not open yet: who opens a log asks first. */
    private final Map<LogId, String> topicIds = new ConcurrentHashMap<>();
    /** Logs that are gone, and of which recovery point or start are in the files still. Guarded by this. */
    private final Set<LogId> staleOnDisk = new HashSet<>();
    /** A log could not be opened: no clean close can vouch for what is in it. */
    private volatile boolean unsound;

    private LogDirectory(Disk disk, Path root, DiskLock lock, MetaProperties wanted) {
        this.disk = disk;
        this.root = root;
        this.lock = lock;
        this.meta = claim(wanted);
        Path marker = root.resolve(CLEAN);
        this.clean = disk.exists(marker);
        this.cleanBrokerEpoch = clean ? readBrokerEpoch(marker) : -1;
        if (disk.delete(marker)) {
            disk.forceDirectory(root); // or a crash of the machine could bring it back over a log that is being written
        }
        this.recoveryPoints = new ConcurrentHashMap<>(readOffsets(RECOVERY_POINTS));
        this.startOffsets = new ConcurrentHashMap<>(readOffsets(START_OFFSETS));
        this.highWatermarks = new ConcurrentHashMap<>(readOffsets(HIGH_WATERMARKS));
        this.cleanedOffsets = new ConcurrentHashMap<>(readOffsets(CLEANED_OFFSETS));
        for (String name : disk.list(root)) {
            if (name.endsWith(DELETE) || name.endsWith(FUTURE)) {
                disk.deleteTree(root.resolve(name));
            }
        }
    }

    /**
     * Opens a directory, made when missing, and locks it.
     *
     * @param wanted whose it is to be; the directory id counts only for a new one
     * @throws StorageException when another broker uses it or it is of another cluster or node
     */
    public static LogDirectory open(Disk disk, Path root, MetaProperties wanted) {
        disk.createDirectories(root);
        DiskLock lock = disk.lock(root.resolve(LOCK));
        try {
            return new LogDirectory(disk, root, lock, wanted);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Whose directory {@code root} is; null when no broker has used it yet. */
    public static @Nullable MetaProperties metaOf(Disk disk, Path root) {
        return MetaProperties.read(disk, root);
    }

    private MetaProperties claim(MetaProperties wanted) {
        MetaProperties found = MetaProperties.read(disk, root);
        if (found == null) {
            wanted.write(disk, root);
            return wanted;
        }
        if (!found.clusterId().equals(wanted.clusterId()) || found.nodeId() != wanted.nodeId()) {
            throw new StorageException(root + " belongs to node " + found.nodeId() + " of cluster " + found.clusterId()
                    + " (expected: node " + wanted.nodeId() + " of cluster " + wanted.clusterId() + ")");
        }
        return found;
    }

    private long readBrokerEpoch(Path marker) {
        Matcher epoch = BROKER_EPOCH.matcher(new String(disk.readAll(marker), StandardCharsets.UTF_8));
        return epoch.find() && epoch.group(1).length() < MAX_LONG_DIGITS ? Long.parseLong(epoch.group(1)) : -1;
    }

    // ---- what it is

    public Path root() {
        return root;
    }

    public MetaProperties meta() {
        return meta;
    }

    /** True when the last owner closed it, so that logs open without recovery. */
    public boolean wasClosedCleanly() {
        return clean;
    }

    /** The broker epoch that the last owner noted at its clean close; −1 when unknown. */
    public long cleanBrokerEpoch() {
        return cleanBrokerEpoch;
    }

    /** The logs on disk, open or not. */
    public List<LogId> list() {
        List<LogId> found = new ArrayList<>();
        for (String name : disk.list(root)) {
            Matcher matcher = LOG_NAME.matcher(name);
            if (matcher.matches() && matcher.group(2).length() < 10 && disk.isDirectory(root.resolve(name))) {
                found.add(new LogId(matcher.group(1), Integer.parseInt(matcher.group(2))));
            }
        }
        return found;
    }

    public boolean exists(LogId id) {
        return logs.containsKey(id) || disk.isDirectory(pathOf(id));
    }

    /** The id of the topic that a log on disk belongs to; null when it has none noted. */
    public @Nullable String topicId(LogId id) {
        try {
            String noted = readTopicId(id);
            if (noted != null) {
                topicIds.put(id, noted);
            }
            return noted;
        } catch (StorageException e) {
            unsound = true;
            throw e;
        }
    }

    private @Nullable String readTopicId(LogId id) {
        Path path = pathOf(id).resolve(PARTITION_METADATA);
        if (!disk.exists(path)) {
            return null;
        }
        String text = new String(disk.readAll(path), StandardCharsets.UTF_8);
        Matcher matcher = TOPIC_ID.matcher(text);
        if (matcher.find()) {
            return matcher.group(1);
        }
        if (clean && disk.list(pathOf(id)).stream().anyMatch(name -> name.endsWith(SegmentName.LOG))) {
            throw new StorageException(path + " has no line 'topic_id: <22 characters of base64>'");
        }
        LOG.warn("{} was not written whole before a crash: '{}'; it is written anew", path, text.strip());
        return null;
    }

    /** The high watermark that was last noted for a partition; 0 when none was. */
    public long highWatermark(LogId id) {
        return highWatermarks.getOrDefault(id, 0L);
    }

    // ---- logs

    /**
     * Opens a log, made when missing. The caller's thread owns it.
     *
     * @param topicId noted in a new log, as base64; an existing one must have the same
     */
    public PartitionLog open(LogId id, String topicId, LogOptions options, long nowMs) {
        if (logs.containsKey(id)) {
            throw new IllegalStateException("log " + id + " is open already");
        }
        try {
            PartitionLog log = openLog(id, topicId, options, nowMs);
            logs.put(id, log);
            return log;
        } catch (StorageException e) {
            unsound = true;
            throw e;
        }
    }

    private PartitionLog openLog(LogId id, String topicId, LogOptions options, long nowMs) {
        Path directory = pathOf(id);
        String noted = topicIds.remove(id);
        if (noted == null && disk.isDirectory(directory)) {
            noted = readTopicId(id);
        } else if (noted == null) {
            dropStaleOffsets(id);
            disk.createDirectories(directory);
        }
        if (noted == null) {
            noteTopicId(directory, topicId);
        } else if (!noted.equals(topicId)) {
            throw new StorageException(directory + " belongs to topic id " + noted + " (expected: " + topicId + ")");
        }
        OpenState state = new OpenState(clean, recoveryPoints.getOrDefault(id, 0L), startOffsets.getOrDefault(id, 0L));
        return PartitionLog.open(disk, directory, options, state, nowMs);
    }

    /**
     * Deletes a log; its owner's thread. Slices of it stay readable, and its bytes go away with the last of them.
     *
     * @param unique distinguishes this deletion from others of the name; 32 hexadecimal digits in Kafka
     */
    public void delete(LogId id, String unique) {
        PartitionLog log = logs.remove(id);
        topicIds.remove(id);
        try {
            forget(id);
        } catch (StorageException e) {
            if (log != null) {
                log.abandon();
            }
            throw e;
        }
        Path renamed = root.resolve(deletedName(id, unique));
        if (log != null) {
            log.delete(renamed);
        } else if (disk.isDirectory(pathOf(id))) {
            disk.rename(pathOf(id), renamed);
            disk.deleteTree(renamed);
        }
    }

    /**
     * Puts a log that nobody knows out of the way, as Kafka does: it is kept, renamed, for somebody to look at.
     *
     * @return where it is now
     */
    public Path setAside(LogId id, String unique) {
        Path aside = root.resolve(nameOf(id, unique, STRAY));
        for (int again = 1; disk.isDirectory(aside); again++) {
            aside = root.resolve(nameOf(id, unique + again, STRAY));
        }
        forget(id);
        disk.rename(pathOf(id), aside);
        return aside;
    }

    // ---- logs that come from another directory (KIP-113)

    /** Whether the name of a copy fits a file system, of which Kafka knows one. */
    public static boolean canMove(LogId id) {
        return id.directoryName().length() + 1 + UNIQUE_LENGTH + FUTURE.length() <= MAX_NAME;
    }

    /**
     * Opens an empty log beside those in use, for a copy of one in another directory. The caller's thread owns it, and gives
     * it to {@link #adoptFuture} or {@link #discardFuture}.
     */
    public PartitionLog openFuture(
            LogId id, String unique, String topicId, LogOptions options, long startOffset, long nowMs) {
        Path directory = root.resolve(nameOf(id, unique, FUTURE));
        disk.createDirectories(directory);
        noteTopicId(directory, topicId);
        PartitionLog log = PartitionLog.open(disk, directory, options, new OpenState(true, 0, 0), nowMs);
        if (startOffset > 0) {
            log.restartAt(startOffset, nowMs);
        }
        return log;
    }

    /** Makes a copy the log of its partition: closed, durable, renamed and opened again. The thread that owns it. */
    public PartitionLog adoptFuture(PartitionLog future, LogId id, String unique, LogOptions options, long nowMs) {
        if (logs.containsKey(id)) {
            throw new IllegalStateException("log " + id + " is open already");
        }
        long startOffset = future.startOffset();
        future.close(true);
        dropStaleOffsets(id);
        Path directory = pathOf(id);
        if (disk.exists(directory)) {
            disk.deleteTree(directory); // of a move that a crash cut off between its last two steps
        }
        disk.rename(root.resolve(nameOf(id, unique, FUTURE)), directory);
        disk.forceDirectory(root);
        startOffsets.put(id, startOffset);
        OpenState state = new OpenState(future.isTrimmed(), 0, startOffset);
        PartitionLog log = PartitionLog.open(disk, directory, options, state, nowMs);
        logs.put(id, log);
        return log;
    }

    /** Deletes a copy. The thread that owns it. */
    public void discardFuture(PartitionLog future, LogId id, String unique) {
        future.abandon();
        future.delete(root.resolve(nameOf(id, unique, DELETE)));
    }

    private void noteTopicId(Path directory, String topicId) {
        byte[] text = ("version: 0\ntopic_id: " + topicId + "\n").getBytes(StandardCharsets.UTF_8);
        disk.writeAtomically(directory.resolve(PARTITION_METADATA), ByteBuffer.wrap(text), false);
    }

    private static String deletedName(LogId id, String unique) {
        return nameOf(id, unique, DELETE);
    }

    private static String nameOf(LogId id, String unique, String suffix) {
        String ending = "-" + id.partition() + "." + unique + suffix;
        int room = Math.max(1, MAX_NAME - ending.length());
        String topic = id.topic().length() > room ? id.topic().substring(0, room) : id.topic();
        return topic + ending;
    }

    /** Forgets a deleted log's offsets. Those on disk stay until the next checkpoint, or {@link #dropStaleOffsets}. */
    private synchronized void forget(LogId id) {
        highWatermarks.remove(id);
        cleanedOffsets.remove(id);
        Long recoveryPoint = recoveryPoints.remove(id);
        Long startOffset = startOffsets.remove(id);
        if (notZero(recoveryPoint) || notZero(startOffset)) {
            staleOnDisk.add(id);
        }
    }

    /**
     * Before there is a log where there was none: after a crash the offsets of one that had its name would count for it. So
     * many logs can be deleted without a checkpoint for each.
     */
    private synchronized void dropStaleOffsets(LogId id) {
        forget(id); // of a log that somebody took away while no broker was there
        if (staleOnDisk.contains(id)) {
            writeOffsets(RECOVERY_POINTS, recoveryPoints, false);
            writeOffsets(START_OFFSETS, startOffsets, false);
            staleOnDisk.clear();
        }
    }

    private static boolean notZero(@Nullable Long offset) {
        return offset != null && offset != 0;
    }

    private Path pathOf(LogId id) {
        return root.resolve(id.directoryName());
    }

    /** What its files are on. */
    public Disk disk() {
        return disk;
    }

    // ---- checkpoints

    /** Notes a partition's high watermark for the next {@link #checkpoint}. */
    public void noteHighWatermark(LogId id, long highWatermark) {
        highWatermarks.put(id, highWatermark);
    }

    /** Up to where a log was compacted; −1 when it never was. */
    public long cleanedUpTo(LogId id) {
        return cleanedOffsets.getOrDefault(id, -1L);
    }

    /** Notes up to where a log is compacted, for the next {@link #checkpointCleaned}. */
    public void noteCleaned(LogId id, long offset) {
        cleanedOffsets.put(id, offset);
    }

    /** Writes up to where logs are compacted. Any thread; blocks. */
    public synchronized void checkpointCleaned(boolean durable) {
        writeOffsets(CLEANED_OFFSETS, cleanedOffsets, durable);
    }

    /** Writes the high watermarks. Any thread; blocks. */
    public synchronized void checkpointHighWatermarks(boolean durable) {
        writeOffsets(HIGH_WATERMARKS, highWatermarks, durable);
    }

    /** Writes recovery points, start offsets and high watermarks. Any thread; blocks. */
    public synchronized void checkpoint(boolean durable) {
        logs.forEach((id, log) -> {
            recoveryPoints.put(id, log.recoveryPoint());
            if (log.startOffset() > 0) {
                startOffsets.put(id, log.startOffset());
            } else {
                startOffsets.remove(id);
            }
        });
        writeOffsets(RECOVERY_POINTS, recoveryPoints, durable);
        writeOffsets(START_OFFSETS, startOffsets, durable);
        staleOnDisk.clear();
        writeOffsets(HIGH_WATERMARKS, highWatermarks, durable);
    }

    private Map<LogId, Long> readOffsets(String name) {
        Map<LogId, Long> offsets = new HashMap<>();
        for (String[] entry : Checkpoint.read(disk, root.resolve(name), 3)) {
            try {
                int partition = Integer.parseInt(entry[1]);
                long offset = Long.parseLong(entry[2]);
                if (partition < 0 || offset < 0) {
                    throw new NumberFormatException("negative");
                }
                offsets.put(new LogId(entry[0], partition), offset);
            } catch (NumberFormatException e) {
                LOG.warn(
                        "{} has the entry '{}', which is not used (expected: topic, partition, offset)",
                        root.resolve(name),
                        String.join(" ", entry));
            }
        }
        return offsets;
    }

    private void writeOffsets(String name, Map<LogId, Long> offsets, boolean durable) {
        Map<String, Long> sorted = new TreeMap<>();
        offsets.forEach((id, offset) -> sorted.put(id.topic() + " " + id.partition(), offset));
        List<String> lines = new ArrayList<>(sorted.size());
        sorted.forEach((id, offset) -> lines.add(id + " " + offset));
        Checkpoint.write(disk, root.resolve(name), lines, durable);
    }

    // ---- end

    /**
     * Closes all logs and the directory cleanly: the next opening recovers nothing. A log that was abandoned, or could not
     * be opened, has to be recovered, so with one of these there is no marker of a clean close.
     *
     * @param brokerEpoch noted for the next registration (KIP-966); −1 when there is none
     * @param durable false to leave it to the operating system when the bytes reach the device
     */
    public void close(long brokerEpoch, boolean durable) {
        try {
            boolean sound = !unsound;
            StorageException failure = null;
            for (PartitionLog log : logs.values()) {
                try {
                    log.close(durable);
                    sound &= log.isTrimmed() && !log.isAbandoned();
                } catch (StorageException e) {
                    failure = failure == null ? e : failure; // the others are closed nevertheless
                }
            }
            checkpoint(durable);
            deleteDeleted();
            if (failure != null) {
                throw failure;
            }
            if (sound) {
                String text = "{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}";
                disk.writeAtomically(
                        root.resolve(CLEAN), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), durable);
            }
        } finally {
            release();
        }
    }

    /** Takes away deleted logs whose time has not come: they have no index, of which Apache Kafka would complain. */
    private void deleteDeleted() {
        for (String name : disk.list(root)) {
            if (name.endsWith(DELETE)) {
                try {
                    disk.deleteTree(root.resolve(name));
                } catch (StorageException e) {
                    LOG.warn("{} stays until the log directory is opened again", root.resolve(name), e);
                }
            }
        }
    }

    /** Gives back all files and memory and writes nothing: what a crash would leave, or a directory that is not needed any more. */
    public void abandon() {
        release();
    }

    private void release() {
        for (PartitionLog log : logs.values()) {
            log.abandon();
        }
        logs.clear();
        lock.close();
    }

    /** The logs that are open, for who wants to look at all. */
    public Map<LogId, PartitionLog> openLogs() {
        return Collections.unmodifiableMap(logs);
    }
}
