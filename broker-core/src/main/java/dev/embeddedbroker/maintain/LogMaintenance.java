package dev.embeddedbroker.maintain;

import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.storage.log.LogDirectories;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps a broker's logs in order: deletes what is too old, compacts, flushes, writes checkpoints and forgets producers, as
 * the settings say and without being asked. A partition is looked at only after something changed in it, or when its
 * oldest record comes of age, so an idle broker is not woken.
 *
 * <p><b>Owner:</b> the node; any thread may ask. Make it before the first image is followed.
 */
public final class LogMaintenance {
    private final Partitions partitions;
    private final Maintenance flushes;
    private final List<LoopKeeper> keepers = new ArrayList<>();
    private final List<Loop> loops;

    /**
     * @param maintenance does what may take long
     * @param flushes does the fsyncs, which acknowledgements may wait for: a compaction must not stand before them
     */
    public LogMaintenance(
            Partitions partitions,
            LoopGroup loops,
            Maintenance maintenance,
            Maintenance flushes,
            LiveConfig config,
            LogDirectories directories) {
        this.partitions = partitions;
        this.flushes = flushes;
        this.loops = loops.all();
        var pace = new CompactionPace(this.loops.get(0).clock().pacing(), () -> config.now()
                .get(BrokerKeys.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND));
        for (Loop loop : this.loops) {
            keepers.add(new LoopKeeper(loop, maintenance, partitions, directories, config, pace));
        }
    }

    /** Begins to look after the partitions that are opened from now on. */
    public void start() {
        partitions.onActivity(partition -> keeperOf(partition).touched(partition));
        partitions.flushBy((work, loop, then) -> flushes.<Boolean>run(
                () -> {
                    work.run();
                    return Boolean.TRUE;
                },
                loop,
                (done, failure) -> then.accept(failure)));
    }

    private LoopKeeper keeperOf(Partition partition) {
        return keepers.get(partition.loop().index());
    }

    /** Deletes, in all partitions, what retention asks for at this moment; done when the future is. Any thread. */
    public CompletableFuture<Void> runRetentionNow() {
        var done = new CompletableFuture<Void>();
        Loop home = loops.get(0);
        home.run(() -> partitions.forEach(
                home, partition -> keeperOf(partition).retainNow(partition), () -> done.complete(null)));
        return done;
    }

    /**
     * Compacts a topic, dirty enough or not; done when the future is. Active segments are ended first, so that all
     * records count that are older than {@code min.compaction.lag.ms} and in no open transaction. A topic that is not
     * compacted, or not here, stays as it is. Any thread.
     */
    public CompletableFuture<Void> runCompactionNow(String topic) {
        List<CompletableFuture<Void>> each = new ArrayList<>();
        for (Partition partition : partitions.all()) {
            if (partition.topic().equals(topic)) {
                each.add(compactNow(partition));
            }
        }
        return CompletableFuture.allOf(each.toArray(new CompletableFuture<?>[0]));
    }

    private CompletableFuture<Void> compactNow(Partition partition) {
        var done = new CompletableFuture<Void>();
        partition.loop().run(() -> {
            if (!partition.settings().log().compact()) {
                done.complete(null);
                return;
            }
            keeperOf(partition).compactNow(partition, failure -> {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(failure);
                }
            });
        });
        return done;
    }

    /** Stops; nothing is under way any more when the future is done. Any thread; the loops and the maintenance thread run. */
    public CompletableFuture<Void> close() {
        List<CompletableFuture<Void>> each = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            LoopKeeper keeper = keepers.get(i);
            var closed = new CompletableFuture<Void>();
            each.add(closed);
            loops.get(i).run(() -> keeper.close(() -> closed.complete(null)));
        }
        return CompletableFuture.allOf(each.toArray(new CompletableFuture<?>[0]));
    }
}
