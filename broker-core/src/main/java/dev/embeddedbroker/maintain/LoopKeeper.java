package dev.embeddedbroker.maintain;

import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.storage.clean.Cleanable;
import dev.embeddedbroker.storage.clean.Retention;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the logs of one loop: one {@link Round} for each kind of work.
 *
 * <p><b>Owner:</b> the loop.
 */
final class LoopKeeper implements Round.Worker {
    private static final Logger log = LoggerFactory.getLogger(LoopKeeper.class);

    private record Due(Partition partition, double dirtyRatio) {}

    private final Loop loop;
    private final Maintenance maintenance;
    private final Partitions partitions;
    private final LogDirectories directories;
    private final LiveConfig config;
    private final LoopCompactions compactions;
    private final List<Due> due = new ArrayList<>();
    private final Round highWatermarks;
    private final Round offsets;
    private final Round flushes;
    private final Round retention;
    private final Round cleaner;
    private final Round producers;

    LoopKeeper(
            Loop loop,
            Maintenance maintenance,
            Partitions partitions,
            LogDirectories directories,
            LiveConfig config,
            CompactionPace pace) {
        this.loop = loop;
        this.maintenance = maintenance;
        this.partitions = partitions;
        this.directories = directories;
        this.config = config;
        this.compactions = new LoopCompactions(loop, maintenance, config, directories, pace);
        highWatermarks = new Round(loop, Round.Chore.HIGH_WATERMARKS, this);
        offsets = new Round(loop, Round.Chore.OFFSETS, this);
        flushes = new Round(loop, Round.Chore.FLUSHES, this);
        retention = new Round(loop, Round.Chore.RETENTION, this);
        cleaner = new Round(loop, Round.Chore.CLEANING, this);
        producers = new Round(loop, Round.Chore.PRODUCERS, this);
    }

    @Override
    public long intervalMs(Round.Chore chore) {
        var now = config.now();
        return switch (chore) {
            case HIGH_WATERMARKS -> now.get(BrokerKeys.REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS);
            case OFFSETS -> offsetIntervalMs();
            case FLUSHES -> 0;
            case RETENTION -> now.get(BrokerKeys.LOG_RETENTION_CHECK_INTERVAL_MS);
            case CLEANING -> now.get(BrokerKeys.LOG_CLEANER_BACKOFF_MS);
            case PRODUCERS -> now.get(BrokerKeys.PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS);
        };
    }

    @Override
    public long visit(Round.Chore chore, Partition partition) {
        return switch (chore) {
            case HIGH_WATERMARKS -> noteHighWatermark(partition);
            case OFFSETS -> flushSealed(partition);
            case FLUSHES -> flushAll(partition);
            case RETENTION -> retain(partition);
            case CLEANING -> lookAtDirt(partition);
            case PRODUCERS -> expireProducers(partition);
        };
    }

    @Override
    public void afterRound(Round.Chore chore) {
        switch (chore) {
            case HIGH_WATERMARKS -> submit(() -> directories.forEach(each -> each.checkpointHighWatermarks(false)));
            case OFFSETS -> submit(() -> directories.forEach(each -> each.checkpoint(false)));
            case CLEANING -> compactWhatIsDue();
            case FLUSHES, RETENTION, PRODUCERS -> {
                // each visit has done it all
            }
        }
    }

    private long offsetIntervalMs() {
        return Math.min(
                config.now().get(BrokerKeys.LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS),
                config.now().get(BrokerKeys.LOG_FLUSH_START_OFFSET_CHECKPOINT_INTERVAL_MS));
    }

    /** Something changed in a partition. */
    void touched(Partition partition) {
        LogOptions options = partition.settings().log();
        partition.onLog(partitionLog -> partitionLog.deleteFilesBy(reaper(options.fileDeleteDelayMs())));
        highWatermarks.add(partition);
        offsets.add(partition);
        flushes.add(partition, options.flushMs());
        retention.add(partition);
        producers.add(partition);
        if (options.compact() && config.now().get(BrokerKeys.LOG_CLEANER_ENABLE)) {
            cleaner.add(partition);
        }
    }

    private void submit(Runnable work) {
        try {
            maintenance.submit(() -> {
                try {
                    work.run();
                } catch (StorageException e) {
                    log.warn("A checkpoint or a deletion failed, which the next one makes good", e);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("The broker is closing, which does the same", e);
        }
    }

    // ---- files to delete

    /** Deletes files some time from now; any thread may ask. What is not deleted when the broker closes is at the next start. */
    private Executor reaper(long delayMs) {
        return files -> {
            try {
                loop.execute(() -> loop.schedule(delayMs, () -> submit(files)));
            } catch (RejectedExecutionException e) {
                log.debug("The broker has closed, files stay until it starts again", e);
            }
        };
    }

    // ---- checkpoints and flushing

    private long noteHighWatermark(Partition partition) {
        partitions.noteHighWatermark(partition);
        return Round.NEVER;
    }

    /** Segments that are full are made durable once, so that a crash does not cost their recovery. */
    private long flushSealed(Partition partition) {
        partition.onLog(partitionLog -> {
            var sealed = partitionLog.sealedSegments();
            if (!sealed.isEmpty() && sealed.get(sealed.size() - 1).nextOffset() > partitionLog.recoveryPoint()) {
                partition.flush();
            }
        });
        return Round.NEVER;
    }

    private long flushAll(Partition partition) {
        partition.onLog(partitionLog -> {
            if (partitionLog.endOffset() > partitionLog.recoveryPoint()) {
                partition.flush();
            }
        });
        return Round.NEVER;
    }

    // ---- retention

    private long retain(Partition partition) {
        long[] nextDueMs = {Round.NEVER};
        partition.onLog(partitionLog -> {
            long nowMs = loop.clock().wallMs();
            int deleted = Retention.apply(partitionLog, partition.highWatermark(), nowMs);
            if (deleted > 0) {
                log.debug("{}: {} segments are deleted", partition, deleted);
                offsets.add(partition);
                partition.news().tellChange();
            }
            long dueMs = Retention.nextDueMs(partitionLog);
            nextDueMs[0] = dueMs == Long.MAX_VALUE ? Round.NEVER : Math.max(0, dueMs - nowMs);
        });
        return nextDueMs[0];
    }

    void retainNow(Partition partition) {
        retain(partition);
    }

    private long expireProducers(Partition partition) {
        long[] nextDueMs = {Round.NEVER};
        partition.onLog(partitionLog -> {
            long nowMs = loop.clock().wallMs();
            long dueMs = partitionLog.expireProducers(nowMs);
            nextDueMs[0] = dueMs == Long.MAX_VALUE ? Round.NEVER : Math.max(0, dueMs - nowMs);
        });
        return nextDueMs[0];
    }

    // ---- compaction

    private long lookAtDirt(Partition partition) {
        Cleanable cleanable = compactions.look(partition);
        if (cleanable == null) {
            return Round.NEVER;
        }
        if (cleanable.isDue(partition.settings().log())) {
            due.add(new Due(partition, cleanable.dirtyRatio()));
        }
        return cleanable.nextDueMs() == Long.MAX_VALUE
                ? Round.NEVER
                : Math.max(0, cleanable.nextDueMs() - loop.clock().wallMs());
    }

    private void compactWhatIsDue() {
        due.sort(Comparator.comparingDouble(Due::dirtyRatio).reversed());
        due.forEach(dirty -> compactions.request(dirty.partition()));
        due.clear();
        compactions.forgetGone();
    }

    void compactNow(Partition partition, Consumer<@Nullable Throwable> then) {
        compactions.force(partition, then);
    }

    /** Stops; {@code then} runs once nothing is under way. */
    void close(Runnable then) {
        for (Round round : List.of(highWatermarks, offsets, flushes, retention, cleaner, producers)) {
            round.close();
        }
        compactions.close(then);
    }
}
