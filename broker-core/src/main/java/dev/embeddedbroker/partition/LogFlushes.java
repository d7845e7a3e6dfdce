package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.log.PendingFlush;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one partition's log durable, off its loop, and tells up to where its records may count as written.
 *
 * <p>Where {@code flush.messages} asks for a flush, records from there on do not count before it is done. One flush is
 * under way at a time, and one covers all that was appended before it began: so under load many appends share it.
 *
 * <p><b>Owner:</b> the partition's loop.
 */
final class LogFlushes {
    private static final Logger logger = LoggerFactory.getLogger(LogFlushes.class);

    private final Loop loop;
    private final PartitionLog log;
    private final Runnable done;
    private final Consumer<StorageException> failed;
    private Flusher flusher = Flusher.INLINE;
    private long mustBeDurable;
    private long heldAt;
    private boolean underWay;
    private boolean again;

    /**
     * @param done runs on the loop after each flush
     * @param failed gets what the disk said, on the loop
     */
    LogFlushes(Loop loop, PartitionLog log, Runnable done, Consumer<StorageException> failed) {
        this.loop = loop;
        this.log = log;
        this.done = done;
        this.failed = failed;
    }

    void runBy(Flusher newFlusher) {
        flusher = newFlusher;
    }

    /** Something was appended at {@code from}. */
    void appended(long from) {
        long end = log.endOffset();
        if (end - Math.max(log.recoveryPoint(), mustBeDurable) < log.options().flushMessages()) return;
        if (!isHeld()) heldAt = from;
        mustBeDurable = end;
        flush();
    }

    /** Up to where records count as written: the log's end, unless a flush is due. */
    long writtenEnd() {
        return isHeld() ? Math.max(heldAt, Math.min(log.recoveryPoint(), log.endOffset())) : log.endOffset();
    }

    /** Whether nothing is under way and nobody waits. */
    boolean isQuiet() {
        return !underWay && !isHeld();
    }

    private boolean isHeld() {
        return Math.min(mustBeDurable, log.endOffset()) > log.recoveryPoint();
    }

    /** Begins to make durable what is written by now. */
    void flush() {
        if (underWay) {
            again = true;
            return;
        }
        again = false;
        PendingFlush pending = log.beginFlush();
        underWay = true;
        try {
            flusher.run(pending, loop, failure -> ended(pending, failure));
        } catch (RejectedExecutionException e) {
            underWay = false;
            logger.debug("The broker is closing, which flushes too", e);
        }
    }

    private void ended(PendingFlush pending, @Nullable Throwable failure) {
        underWay = false;
        if (failure instanceof StorageException disk) {
            failed.accept(disk);
            return;
        }
        if (failure != null) {
            throw new IllegalStateException(log.directory() + " could not be flushed", failure);
        }
        if (log.isAbandoned()) return;
        log.completeFlush(pending);
        done.run();
        if (isHeld() || (again && log.endOffset() > log.recoveryPoint())) flushAgain();
    }

    private void flushAgain() {
        try {
            flush();
        } catch (StorageException e) {
            failed.accept(e);
        }
    }
}
