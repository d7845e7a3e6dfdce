package dev.embeddedbroker.partition;

import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The moves of one partition between log directories, one at a time. <b>Owner:</b> the partition's loop. */
public final class LogMoves {

    private static final Logger logger = LoggerFactory.getLogger(LogMoves.class);

    private final Partition partition;
    private @Nullable LogMove current;

    LogMoves(Partition partition) {
        this.partition = partition;
    }

    /** Begins to move, unless it is on its way there; null to stay, which ends a move. */
    void begin(@Nullable LogDirectory to, LogDirectory from, Flusher flusher, Runnable moved) {
        if (current != null && current.destination() == to) return;
        end();
        if (to == null) return;
        String unique = String.format(
                "%016x%016x",
                partition.topicId().mostSignificantBits(),
                partition.loop().clock().pacing().nanos());
        try {
            current = new LogMove(partition, from, to, unique, flusher, () -> {
                current = null;
                moved.run();
            });
        } catch (StorageException e) {
            logger.error("{} stays in {}: a copy in {} can't be begun", partition, from.root(), to.root(), e);
        }
    }

    /** Ends a move that is under way: the partition stays where it is. */
    void end() {
        var ended = current;
        current = null;
        if (ended != null) ended.cancel();
    }

    /** The copy that is to take the log's place; null if there is none. */
    public @Nullable Copy copy() {
        partition.loop().requireInside();
        return current == null ? null : new Copy(current.destination().root(), current.sizeBytes(), current.lag());
    }

    /** Where a copy is, its bytes, and how many offsets it is behind. */
    public record Copy(Path directory, long sizeBytes, long lag) {}
}
