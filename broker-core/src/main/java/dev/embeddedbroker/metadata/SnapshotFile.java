package dev.embeddedbroker.metadata;

import dev.embeddedbroker.metadata.MetadataLog.SnapshotId;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.record.log.SnapshotFooterRecord;
import dev.embeddedbroker.protocol.record.log.SnapshotHeaderRecord;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot of the metadata log, in Kafka's form: a control batch with its header, the records in batches, a control
 * batch with its footer, at offsets of its own.
 *
 * <p><b>Owner:</b> loop 0; {@link #write} may be called by any thread.
 */
final class SnapshotFile {

    private static final Pattern NAME = Pattern.compile("(\\d{20})-(\\d{10})\\.checkpoint");
    private static final int BATCH_BYTES = 1 << 20;
    private static final long UNKNOWN = -2;

    private final SnapshotId id;
    private final Path path;
    private long timestampMs = UNKNOWN;

    SnapshotFile(Path directory, SnapshotId id) {
        this.id = id;
        this.path = directory.resolve(padded(id.endOffset(), 20) + "-" + padded(id.epoch(), 10) + ".checkpoint");
    }

    /** By hand: the first use of String.format would cost the start of each JVM 8 ms. */
    private static String padded(long number, int digits) {
        String text = Long.toString(number);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    /** What a file of that name is a snapshot of; null if it is none. */
    static @Nullable SnapshotId idOf(String name) {
        var matcher = NAME.matcher(name);
        if (!matcher.matches()) return null;
        try {
            return new SnapshotId(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        } catch (NumberFormatException tooGreat) {
            return null;
        }
    }

    SnapshotId id() {
        return id;
    }

    Path path() {
        return path;
    }

    long sizeBytes(Disk disk) {
        return Math.max(0, disk.sizeOf(path));
    }

    /** When the last record was written that this stands in for; −1 if the file does not tell. */
    long timestampMs(Disk disk) {
        if (timestampMs == UNKNOWN) timestampMs = readTimestamp(disk);
        return timestampMs;
    }

    private long readTimestamp(Disk disk) {
        var bytes = ByteBuffer.wrap(disk.readAll(path));
        var batch = RecordBatchView.of(bytes);
        if (!batch.isCompleteAt(bytes.limit()) || !batch.crcMatches() || !batch.isControl()) return -1;
        try (var records = RecordCursor.over(batch)) {
            if (!records.next()) return -1;
            var header = ControlRecord.read(records);
            if (header.type() != ControlRecord.Type.SNAPSHOT_HEADER) return -1;
            var read = new SnapshotHeaderRecord();
            read.read(new WireReader(header.value()), (short) 0);
            return read.lastContainedLogTimestamp;
        } catch (MalformedMessage malformed) {
            return -1;
        }
    }

    /**
     * Writes the file, durably.
     *
     * @param quorum what is known of the voters by the log's own records; empty if they are in {@code quorum-state}
     */
    void write(
            Disk disk, long lastTimestampMs, Map<ControlRecord.Type, ControlRecord> quorum, Iterable<byte[]> records) {
        var header = new SnapshotHeaderRecord().setLastContainedLogTimestamp(lastTimestampMs);
        var batches = new ArrayList<ByteBuffer>();
        var head = batch(0).control()
                .append(lastTimestampMs, KRaftLog.controlRecord(ControlRecord.Type.SNAPSHOT_HEADER, header));
        for (var type : List.of(ControlRecord.Type.KRAFT_VERSION, ControlRecord.Type.KRAFT_VOTERS)) {
            var known = quorum.get(type);
            if (known != null)
                head.append(
                        lastTimestampMs, ControlRecord.of(type, known.value().duplicate()));
        }
        long next = head.nextOffset();
        batches.add(head.build());
        RecordBatchBuilder data = null;
        int bytes = 0;
        for (var record : records) {
            if (data != null && bytes + record.length > BATCH_BYTES) {
                next = data.nextOffset();
                batches.add(data.build());
                data = null;
                bytes = 0;
            }
            if (data == null) data = batch(next);
            data.append(lastTimestampMs, null, record);
            bytes += record.length;
        }
        if (data != null) {
            next = data.nextOffset();
            batches.add(data.build());
        }
        var footer = new SnapshotFooterRecord();
        batches.add(batch(next)
                .control()
                .append(lastTimestampMs, KRaftLog.controlRecord(ControlRecord.Type.SNAPSHOT_FOOTER, footer))
                .build());
        disk.writeAtomically(path, joined(batches), true);
    }

    private RecordBatchBuilder batch(long baseOffset) {
        return new RecordBatchBuilder().baseOffset(baseOffset).partitionLeaderEpoch(id.epoch());
    }

    private static ByteBuffer joined(List<ByteBuffer> batches) {
        int size = 0;
        for (var batch : batches) size += batch.remaining();
        var content = ByteBuffer.allocate(size);
        for (var batch : batches) content.put(batch);
        return content.flip();
    }
}
