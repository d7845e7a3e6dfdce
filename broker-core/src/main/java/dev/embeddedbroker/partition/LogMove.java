package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.LogId;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.log.PendingFlush;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's log on its way into another log directory (KIP-113): copied beside the one in use, step by step, until it
 * has caught up; then it takes its place.
 *
 * <p>Whatever goes wrong with the copy, the partition stays where it is.
 *
 * <p><b>Owner:</b> the partition's loop.
 */
final class LogMove {

    private static final Logger logger = LoggerFactory.getLogger(LogMove.class);
    private static final int STEP_BYTES = 1 << 20;

    private final Partition partition;
    private final LogId id;
    private final LogDirectory from;
    private final LogDirectory to;
    private final String unique;
    private final Flusher flusher;
    private final Runnable moved;
    private final PartitionLog copy;
    private boolean flushed;
    private boolean over;

    /**
     * Begins to move.
     *
     * @param unique tells the directory of the copy from others of its name
     * @param moved runs on the loop when the partition has moved
     * @throws StorageException when the copy can't be begun
     */
    LogMove(Partition partition, LogDirectory from, LogDirectory to, String unique, Flusher flusher, Runnable moved) {
        this.partition = partition;
        this.id = new LogId(partition.topic(), partition.index());
        this.from = from;
        this.to = to;
        this.unique = unique;
        this.flusher = flusher;
        this.moved = moved;
        var log = partition.log();
        this.copy =
                to.openFuture(id, unique, partition.topicId().toString(), log.options(), log.startOffset(), nowMs());
        loop().execute(this::step);
    }

    private Loop loop() {
        return partition.loop();
    }

    private long nowMs() {
        return loop().clock().wallMs();
    }

    LogDirectory destination() {
        return to;
    }

    long sizeBytes() {
        return copy.sizeBytes();
    }

    /** How many offsets the copy is behind. */
    long lag() {
        return Math.max(0, partition.endOffset() - copy.endOffset());
    }

    /** Ends it, unless it is over; the partition stays where it is. */
    void cancel() {
        if (over) return;
        over = true;
        try {
            to.discardFuture(copy, id, unique);
        } catch (StorageException e) {
            logger.warn("What was copied of {} into {} stays until the broker starts again", partition, to.root(), e);
        }
    }

    private void step() {
        if (over) return;
        try {
            var log = partition.log();
            keepStart(log);
            if (copy.endOffset() < log.endOffset()) {
                copySome(log);
            } else if (!flushed) {
                flush();
                return;
            } else if (partition.flushes().isQuiet()) {
                swap(log);
                return;
            }
            loop().execute(this::step);
        } catch (StorageException | IllegalArgumentException e) {
            failed(e);
        }
    }

    /** What was deleted meanwhile is not to come back. */
    private void keepStart(PartitionLog log) {
        if (log.startOffset() > copy.endOffset()) {
            copy.restartAt(log.startOffset(), nowMs());
        } else if (log.startOffset() > copy.startOffset()) {
            copy.deleteRecordsBefore(log.startOffset(), nowMs());
        }
    }

    private void copySome(PartitionLog log) {
        try (var slice = log.read(copy.endOffset(), log.endOffset(), STEP_BYTES, true)) {
            var bytes = ByteBuffer.allocate(slice.sizeBytes());
            bytes.put(slice.bytes()).flip();
            copy.append(bytes, AppendOptions.replica(partition.leaderEpoch(), nowMs()));
        }
    }

    /** Most of the copy goes to the device while the partition is used; little is left for the moment of the swap. */
    private void flush() {
        flushed = true;
        var pending = copy.beginFlush();
        flusher.run(pending, loop(), failure -> flushed(pending, failure));
    }

    private void flushed(PendingFlush pending, @Nullable Throwable failure) {
        if (over) return;
        if (failure != null) {
            failed(failure);
            return;
        }
        copy.completeFlush(pending);
        step();
    }

    private void swap(PartitionLog log) {
        over = true;
        var options = log.options();
        var swapped = to.adoptFuture(copy, id, unique, options, nowMs());
        to.noteHighWatermark(id, partition.highWatermark());
        partition.replaceLog(swapped);
        moved.run();
        try {
            from.delete(id, unique);
        } catch (StorageException e) {
            logger.error("{} has moved to {}, but its old files are still in {}", partition, to.root(), from.root(), e);
        }
        logger.info("{} has moved from {} to {}", partition, from.root(), to.root());
    }

    private void failed(Throwable cause) {
        logger.error("{} stays in {}: it can't be copied to {}", partition, from.root(), to.root(), cause);
        partition.moves().end();
    }
}
