package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log as a Kafka node with one voter, itself, keeps it: the partition's segments, {@code quorum-state},
 * and snapshots named {@code <end offset>-<epoch>.checkpoint}.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe, but for {@link #writeSnapshot}.
 */
public final class KRaftLog implements MetadataLog {

    private static final Logger LOG = LoggerFactory.getLogger(KRaftLog.class);
    private static final String QUORUM_STATE = "quorum-state";
    private static final Pattern LEADER_EPOCH = Pattern.compile("\"leaderEpoch\"\\s*:\\s*(\\d{1,9})\\b");
    private static final Pattern WITH_VOTERS_IN_LOG = Pattern.compile("\"data_version\"\\s*:\\s*1");
    private static final int READ_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;
    private final PartitionLog log;

    /** Oldest first. */
    private final TreeMap<SnapshotId, SnapshotFile> snapshots = new TreeMap<>();

    /** The newest words of the log about its voters (KIP-853), which a snapshot has to repeat. */
    private final Map<ControlRecord.Type, ControlRecord> quorum = new ConcurrentHashMap<>();

    /** @param log the partition's, in its directory; closed with this */
    public KRaftLog(Disk disk, PartitionLog log) {
        this.disk = disk;
        this.directory = log.directory();
        this.log = log;
        for (var name : disk.list(directory)) {
            var id = SnapshotFile.idOf(name);
            if (id != null) addSnapshot(id);
        }
    }

    @Override
    public int lastEpoch() {
        int epoch = Math.max(0, log.latestEpoch());
        var matcher = LEADER_EPOCH.matcher(quorumState());
        if (!snapshots.isEmpty()) epoch = Math.max(epoch, snapshots.lastKey().epoch());
        return matcher.find() ? Math.max(epoch, Integer.parseInt(matcher.group(1))) : epoch;
    }

    @Override
    public long endOffset() {
        return log.endOffset();
    }

    // ---- reading

    @Override
    public @Nullable SnapshotId readSnapshot(Consumer<ByteBuffer> batches) {
        if (snapshots.isEmpty()) {
            if (log.startOffset() > 0) {
                throw new CorruptMetadata("nothing before offset " + log.startOffset()
                        + ", and there is no snapshot of that in " + directory);
            }
            return null;
        }
        var newest = snapshots.lastEntry().getValue();
        var id = newest.id();
        if (id.endOffset() < log.startOffset()) {
            throw new CorruptMetadata("nothing between " + newest.path() + " and offset " + log.startOffset());
        }
        var bytes = ByteBuffer.wrap(disk.readAll(newest.path()));
        if (!bytes.hasRemaining()) throw new CorruptMetadata("an empty snapshot, " + newest.path());
        eachBatch(newest.path().toString(), bytes, batches);
        if (id.endOffset() > log.endOffset()) {
            // the end of the log went with a crash of the machine, but it is all in the snapshot
            LOG.warn(
                    "{} ends at offset {}, before {}: it goes on from there",
                    directory,
                    log.endOffset(),
                    newest.path());
            log.restartAt(id.endOffset(), disk.lastModifiedMs(newest.path()));
        }
        return id;
    }

    @Override
    public void replay(long offset, Consumer<ByteBuffer> batches) {
        long next = Math.max(offset, log.startOffset());
        while (next < log.endOffset()) {
            try (var slice = log.read(next, log.endOffset(), READ_BYTES, true)) {
                if (slice.isEmpty()) {
                    throw new CorruptMetadata("nothing at offset " + next + " of " + directory);
                }
                eachBatch(directory + " from offset " + next, slice.bytes(), batches);
                next = slice.nextOffset();
            }
        }
    }

    private void eachBatch(String where, ByteBuffer bytes, Consumer<ByteBuffer> batches) {
        var batch = RecordBatchView.of(bytes);
        for (int at = bytes.position(); at < bytes.limit(); at = batch.nextBatchPosition()) {
            batch.at(bytes, at);
            if (!batch.isCompleteAt(bytes.limit()) || !batch.crcMatches()) {
                throw new CorruptMetadata("no whole batch at byte " + (at - bytes.position()) + " of " + where);
            }
            if (batch.isControl()) noteQuorum(batch);
            try {
                batches.accept(batch.slice());
            } catch (CorruptMetadata | RecordsRefused e) {
                throw new CorruptMetadata(
                        "what cannot be, in the batch at byte " + (at - bytes.position()) + " of " + where + ": "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private void noteQuorum(RecordBatchView batch) {
        try (var records = RecordCursor.over(batch)) {
            while (records.next()) {
                var record = ControlRecord.read(records);
                var type = record.type();
                if (type == ControlRecord.Type.KRAFT_VERSION || type == ControlRecord.Type.KRAFT_VOTERS) {
                    var value = new byte[record.value().remaining()];
                    record.value().duplicate().get(value);
                    quorum.put(type, ControlRecord.of(type, ByteBuffer.wrap(value)));
                }
            }
        }
    }

    // ---- snapshots

    @Override
    public void writeSnapshot(SnapshotId id, long lastTimestampMs, Iterable<byte[]> records) {
        new SnapshotFile(directory, id).write(disk, lastTimestampMs, quorum, records);
    }

    @Override
    public void addSnapshot(SnapshotId id) {
        snapshots.put(id, new SnapshotFile(directory, id));
    }

    @Override
    public void trim(long retentionBytes, long retentionMs, long nowMs) {
        while (snapshots.size() > 1 && isTooMuch(retentionBytes, retentionMs, nowMs)) {
            var oldest = snapshots.firstEntry().getValue();
            long start = snapshots.higherKey(oldest.id()).endOffset();
            if (start <= log.startOffset()) {
                return;
            }
            log.deleteRecordsBefore(start, nowMs);
            snapshots.remove(oldest.id());
            disk.delete(oldest.path());
            LOG.debug("{} goes; the metadata log starts at {}", oldest.path(), start);
        }
    }

    private boolean isTooMuch(long retentionBytes, long retentionMs, long nowMs) {
        if (retentionBytes >= 0) {
            long bytes = log.sizeBytes();
            for (var snapshot : snapshots.values()) bytes += snapshot.sizeBytes(disk);
            if (bytes > retentionBytes) return true;
        }
        if (retentionMs < 0) return false;
        long timestampMs = snapshots.firstEntry().getValue().timestampMs(disk);
        return timestampMs >= 0 && nowMs - timestampMs > retentionMs;
    }

    /** A batch of one control record, in epoch 0. */
    static ByteBuffer control(long offset, long nowMs, ControlRecord.Type type, Message value) {
        return new RecordBatchBuilder()
                .baseOffset(offset)
                .partitionLeaderEpoch(0)
                .control()
                .append(nowMs, controlRecord(type, value))
                .build();
    }

    static ControlRecord controlRecord(ControlRecord.Type type, Message value) {
        var out = new WireWriter(64);
        value.write(out, (short) 0);
        return ControlRecord.of(type, out.toByteBuffer());
    }

    // ---- leadership

    @Override
    public void elected(int leader, int epoch) {
        // KIP-853: where the voters are in the log they are not in the file
        var state = WITH_VOTERS_IN_LOG.matcher(quorumState()).find()
                ? "{\"leaderId\":" + leader + ",\"leaderEpoch\":" + epoch
                        + ",\"votedId\":-1,\"votedDirectoryId\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"data_version\":1}"
                : "{\"clusterId\":\"\",\"leaderId\":" + leader + ",\"leaderEpoch\":" + epoch
                        + ",\"votedId\":-1,\"appliedOffset\":0,\"currentVoters\":[{\"voterId\":" + leader
                        + "}],\"data_version\":0}";
        disk.writeAtomically(
                directory.resolve(QUORUM_STATE), ByteBuffer.wrap(state.getBytes(StandardCharsets.UTF_8)), false);
    }

    private String quorumState() {
        var file = directory.resolve(QUORUM_STATE);
        return disk.exists(file) ? new String(disk.readAll(file), StandardCharsets.UTF_8) : "";
    }

    @Override
    public void append(ByteBuffer batch, int epoch, long nowMs) {
        log.append(batch, AppendOptions.coordinator(epoch, nowMs));
    }

    @Override
    public @Nullable Flush beginFlush() {
        if (!disk.isDurable() || log.recoveryPoint() >= log.endOffset()) return null;
        var pending = log.beginFlush();
        return new Flush() {
            @Override
            public void run() {
                pending.run();
            }

            @Override
            public void done() {
                log.completeFlush(pending);
            }

            @Override
            public void failed(StorageException cause) {
                log.fail(cause);
            }
        };
    }

    @Override
    public void close() {
        log.close();
    }
}
