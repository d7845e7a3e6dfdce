package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.record.log.SnapshotFooterRecord;
import dev.embeddedbroker.protocol.record.log.SnapshotHeaderRecord;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The metadata log as a Kafka node with one voter, itself, keeps it: the partition's segments, {@code quorum-state},
 * and snapshots named {@code <end offset>-<epoch>.checkpoint}.
 *
 * <p>It writes one snapshot, the first, as {@code kafka-storage format} does; later ones it only reads. It lets go of
 * nothing: the log is whole from offset 0 unless Kafka has cut it.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe.
 */
public final class KRaftLog implements MetadataLog {

    private static final String QUORUM_STATE = "quorum-state";
    private static final Pattern SNAPSHOT = Pattern.compile("(\\d{20})-(\\d{10})\\.checkpoint");
    private static final String FIRST_SNAPSHOT = "00000000000000000000-0000000000.checkpoint";
    private static final Pattern LEADER_EPOCH = Pattern.compile("\"leaderEpoch\"\\s*:\\s*(\\d+)");
    private static final Pattern WITH_VOTERS_IN_LOG = Pattern.compile("\"data_version\"\\s*:\\s*1");
    private static final int READ_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;
    private final PartitionLog log;

    /** @param log the partition's, in its directory; closed with this */
    public KRaftLog(Disk disk, PartitionLog log) {
        this.disk = disk;
        this.directory = log.directory();
        this.log = log;
    }

    @Override
    public int lastEpoch() {
        int epoch = Math.max(0, log.latestEpoch());
        var matcher = LEADER_EPOCH.matcher(quorumState());
        return matcher.find() ? Math.max(epoch, Integer.parseInt(matcher.group(1))) : epoch;
    }

    @Override
    public long endOffset() {
        return log.endOffset();
    }

    @Override
    public @Nullable SnapshotId readSnapshot(Consumer<ByteBuffer> batches) {
        SnapshotId newest = null;
        String file = null;
        for (var name : disk.list(directory)) {
            var matcher = SNAPSHOT.matcher(name);
            if (!matcher.matches()) continue;
            var id = new SnapshotId(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            if (newest == null || id.endOffset() > newest.endOffset()) {
                newest = id;
                file = name;
            }
        }
        if (file == null) return null;
        eachBatch(ByteBuffer.wrap(disk.readAll(directory.resolve(file))), batches);
        return newest;
    }

    @Override
    public void replay(long offset, Consumer<ByteBuffer> batches) {
        long next = Math.max(offset, log.startOffset());
        while (next < log.endOffset()) {
            try (var slice = log.read(next, log.endOffset(), READ_BYTES, true)) {
                eachBatch(slice.bytes(), batches);
                next = slice.nextOffset();
            }
        }
    }

    private static void eachBatch(ByteBuffer bytes, Consumer<ByteBuffer> batches) {
        var batch = RecordBatchView.of(bytes);
        for (int at = bytes.position(); at < bytes.limit(); at = batch.nextBatchPosition()) {
            batch.at(at);
            if (!batch.isCompleteAt(bytes.limit())) {
                throw new CorruptMetadata("a snapshot or segment that ends within a batch, at byte " + at);
            }
            batches.accept(batch.slice());
        }
    }

    @Override
    public void writeFirstSnapshot(Iterable<byte[]> records, long nowMs) {
        var header = new SnapshotHeaderRecord().setLastContainedLogTimestamp(nowMs);
        var data = new RecordBatchBuilder().baseOffset(1).partitionLeaderEpoch(0);
        for (var record : records) data.append(nowMs, null, record);
        long last = data.nextOffset();
        var footer = new SnapshotFooterRecord();
        var parts = new ByteBuffer[] {
            control(0, nowMs, ControlRecord.Type.SNAPSHOT_HEADER, header),
            data.build(),
            control(last, nowMs, ControlRecord.Type.SNAPSHOT_FOOTER, footer)
        };
        int size = 0;
        for (var part : parts) size += part.remaining();
        var content = ByteBuffer.allocate(size);
        for (var part : parts) content.put(part);
        disk.writeAtomically(directory.resolve(FIRST_SNAPSHOT), content.flip(), false);
    }

    /** A batch of one control record, in epoch 0. */
    static ByteBuffer control(long offset, long nowMs, ControlRecord.Type type, Message value) {
        var out = new WireWriter(64);
        value.write(out, (short) 0);
        return new RecordBatchBuilder()
                .baseOffset(offset)
                .partitionLeaderEpoch(0)
                .control()
                .append(nowMs, ControlRecord.of(type, out.toByteBuffer()))
                .build();
    }

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
    public void close() {
        log.close();
    }
}
