package dev.embeddedbroker.inspect;

import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.batch.RecordHeader;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.OffsetOutOfRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a topic: the partitions' loops hand out pieces of their logs, which are decoded here. Of each
 * partition that is what was there when its first piece was asked for.
 *
 * <p><b>Owner:</b> the thread that asks.
 */
final class TopicReader {
    private static final int STEP_BYTES = 1024 * 1024;

    private final Looks looks;

    TopicReader(Looks looks) {
        this.looks = looks;
    }

    /** A piece of a log; without bytes when there are none, or the log can't be read. */
    private record Piece(LogSlice slice) implements Looks.Read {
        @Override
        public void close() {
            slice.close();
        }
    }

    /** Takes a batch that is wanted, and the bounds within which its records are. */
    private interface Taker {
        void take(RecordBatchView batch, LogScan scan, long from, long bound);
    }

    /** Of one partition, in order of offsets. */
    List<StoredRecord> records(Partition partition, Selection wanted) {
        var records = new ArrayList<StoredRecord>();
        var place = new TopicAndPartition(partition.topic(), partition.index());
        walk(partition, wanted, (batch, scan, from, bound) -> addTo(records, place, batch, scan, from, bound));
        return records;
    }

    /** Of one partition. */
    long count(Partition partition, Selection wanted) {
        long[] count = {0};
        walk(partition, wanted, (batch, scan, from, bound) -> count[0] += LogScan.countWithin(batch, from, bound));
        return count[0];
    }

    private void walk(Partition partition, Selection wanted, Taker taker) {
        var scan = looks.at(partition, LogScan::of);
        long bound = scan.bound(wanted.isUncommitted());
        long next = Math.max(scan.start(), wanted.fromOffset());
        while (next < bound) {
            long from = next;
            try (Piece piece = looks.at(partition, p -> piece(p, from, bound))) {
                var slice = piece.slice();
                for (var batch = LogScan.first(slice); batch != null; batch = LogScan.next(batch, slice)) {
                    if (scan.isWanted(batch, wanted.isUncommitted())) {
                        taker.take(batch, scan, from, bound);
                    }
                }
                next = slice.isEmpty() ? Math.max(from + 1, slice.nextOffset()) : slice.nextOffset();
            }
        }
    }

    /** On the partition's loop. What retention took away meanwhile is passed over. */
    private static Piece piece(Partition partition, long from, long bound) {
        Piece[] piece = {new Piece(LogSlice.empty(bound))};
        partition.onLog(log -> {
            try {
                piece[0] = new Piece(log.read(Math.max(from, log.startOffset()), bound, STEP_BYTES, true));
            } catch (OffsetOutOfRange truncated) {
                piece[0] = new Piece(LogSlice.empty(bound));
            }
        });
        return piece[0];
    }

    private static void addTo(
            List<StoredRecord> records,
            TopicAndPartition place,
            RecordBatchView batch,
            LogScan scan,
            long from,
            long bound) {
        var origin = new StoredRecord.Origin(batch.producerId(), batch.isTransactional(), scan.fateOf(batch));
        try (var cursor = RecordCursor.over(batch)) {
            while (cursor.next()) {
                if (cursor.offset() >= from && cursor.offset() < bound) {
                    records.add(new StoredRecord(
                            place,
                            cursor.offset(),
                            cursor.timestampMs(),
                            copy(cursor.key()),
                            copy(cursor.value()),
                            cursor.headers().stream().map(TopicReader::header).toList(),
                            origin));
                }
            }
        }
    }

    private static StoredHeader header(RecordHeader header) {
        return new StoredHeader(header.key(), copy(header.value()));
    }

    private static byte @Nullable [] copy(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return null;
        }
        var copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
