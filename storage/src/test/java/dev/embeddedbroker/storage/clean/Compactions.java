package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compaction in one go, and what a log holds. */
final class Compactions {
    private Compactions() {}

    /** One pass over all that can be compacted, as if all were due; returns where it ended. */
    static long pass(Disk disk, PartitionLog log, long cleanedUpTo, CompactionSettings settings, long nowMs) {
        Cleanable cleanable = Cleanable.of(log, cleanedUpTo, log.endOffset(), nowMs);
        if (cleanable.isNothing()) {
            return cleanedUpTo;
        }
        try (var compactor = new Compactor(
                disk, CompactionPlan.take(log, cleanable, log.endOffset(), nowMs), settings, () -> false)) {
            long step = 1L << (nowMs + log.endOffset()) % 63; // as the broker does it, in steps of any size
            boolean ready = false;
            do {
                ready = compactor.work(step);
                if (ready && compactor.hasNext() && !compactor.swapIn(log)) {
                    throw new AssertionError("nobody else changes the log");
                }
            } while (!ready || compactor.hasNext());
            return compactor.endOffset();
        }
    }

    static long pass(Disk disk, PartitionLog log, long cleanedUpTo, long nowMs) {
        return pass(disk, log, cleanedUpTo, CompactionSettings.DEFAULT, nowMs);
    }

    /** {@code offset:key=value} of every record that is no marker. */
    static List<String> records(PartitionLog log) {
        List<String> all = new ArrayList<>();
        long next = log.startOffset();
        while (next < log.endOffset()) {
            try (LogSlice slice = log.read(next, log.endOffset(), 3000, true)) {
                if (slice.isEmpty()) {
                    break;
                }
                all.addAll(records(slice.bytes()));
                next = slice.nextOffset();
            }
        }
        return all;
    }

    static List<String> records(ByteBuffer bytes) {
        List<String> all = new ArrayList<>();
        RecordBatchView batch = RecordBatchView.of(bytes, 0);
        while (batch.position() < bytes.limit()) {
            if (!batch.crcMatches()) {
                throw new AssertionError("checksum of " + batch);
            }
            try (RecordCursor record = RecordCursor.over(batch)) {
                while (!batch.isControl() && record.next()) {
                    all.add(record.offset() + ":" + text(record.key()) + "=" + text(record.value()));
                }
            }
            batch.at(batch.nextBatchPosition());
        }
        return all;
    }

    private static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
