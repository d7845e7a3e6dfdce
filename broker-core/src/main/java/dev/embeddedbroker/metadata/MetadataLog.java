package dev.embeddedbroker.metadata;

import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the controller's records are kept: Kafka's partition {@code __cluster_metadata-0} and what lies beside it.
 *
 * <p>Its failures are {@link dev.embeddedbroker.storage.disk.StorageException}s.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe.
 */
public interface MetadataLog extends AutoCloseable {

    /** What a snapshot stands in for: the log below {@code endOffset}, the last of it written in {@code epoch}. */
    record SnapshotId(long endOffset, int epoch) implements Comparable<SnapshotId> {
        /** Of an empty log. */
        public static final SnapshotId FIRST = new SnapshotId(0, 0);

        @Override
        public int compareTo(SnapshotId other) {
            return endOffset != other.endOffset
                    ? Long.compare(endOffset, other.endOffset)
                    : Integer.compare(epoch, other.epoch);
        }
    }

    /** The epoch of the last leader, 0 if there was none. */
    int lastEpoch();

    /** The offset the next record gets. */
    long endOffset();

    /** Gives the batches of the newest snapshot; null if there is none. Buffers are valid during the call. */
    @Nullable
    SnapshotId readSnapshot(Consumer<ByteBuffer> batches);

    /** Gives the batches of the log from {@code offset} on. Buffers are valid during the call. */
    void replay(long offset, Consumer<ByteBuffer> batches);

    /**
     * Keeps a snapshot, durably, which {@link #addSnapshot} makes known. Any thread; blocks.
     *
     * @param lastTimestampMs when the last record was written that it stands in for
     * @param records the values of its records
     */
    void writeSnapshot(SnapshotId id, long lastTimestampMs, Iterable<byte[]> records);

    /** A snapshot was written. */
    void addSnapshot(SnapshotId id);

    /**
     * Lets go of the oldest snapshots, but never of the last, and of the log they and their successors stand in for, as
     * long as all together are larger, or the oldest is older, than that; negative numbers are no limit.
     */
    void trim(long retentionBytes, long retentionMs, long nowMs);

    /** Makes a node the leader of {@code epoch}, for whoever opens the directory next. */
    void elected(int leader, int epoch);

    /** Writes one batch; its offsets and epoch are stamped on the way. */
    void append(ByteBuffer batch, int epoch, long nowMs);

    /** Begins to make durable what was appended; null when there is nothing to be done. */
    @Nullable
    Flush beginFlush();

    /** What makes the log durable: {@link #run} on any thread, then one of the others on the owner's. */
    interface Flush extends Runnable {
        void done();

        /** The disk failed; the log takes nothing from then on. */
        void failed(StorageException cause);
    }

    @Override
    void close();
}
