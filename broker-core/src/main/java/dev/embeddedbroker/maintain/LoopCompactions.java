package dev.embeddedbroker.maintain;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.storage.clean.Cleanable;
import dev.embeddedbroker.storage.clean.CompactionPlan;
import dev.embeddedbroker.storage.clean.CompactionSettings;
import dev.embeddedbroker.storage.clean.Compactor;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogId;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.segment.CorruptBatch;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compactions of one loop's partitions, one at a time: the loop takes the plan and swaps segments, the maintenance
 * thread reads and writes.
 *
 * <p><b>Owner:</b> the loop.
 */
final class LoopCompactions {
    private static final Logger log = LoggerFactory.getLogger(LoopCompactions.class);

    private final Loop loop;
    private final Maintenance maintenance;
    private final LiveConfig config;
    private final LogDirectories directories;
    private final Queue<Request> requests = new ArrayDeque<>();
    private final Set<Partition> queued = new HashSet<>();
    private final Set<Partition> broken = new HashSet<>();
    private final Map<Partition, Long> truncations = new HashMap<>();
    private final CompactionPace pace;
    private @Nullable Request active;
    private @Nullable Timer pause;
    private @Nullable Pass paused;
    private @Nullable Runnable whenIdle;
    private volatile boolean closed;

    private record Request(Partition partition, boolean forced, Consumer<@Nullable Throwable> then) {}

    LoopCompactions(
            Loop loop, Maintenance maintenance, LiveConfig config, LogDirectories directories, CompactionPace pace) {
        this.loop = loop;
        this.maintenance = maintenance;
        this.config = config;
        this.directories = directories;
        this.pace = pace;
    }

    // ---- what is due

    /** What of a partition's log may be compacted; null when the log cannot be asked, or a compaction of it failed. */
    @Nullable
    Cleanable look(Partition partition) {
        if (broken.contains(partition)) {
            return null;
        }
        Cleanable[] seen = new Cleanable[1];
        partition.onLog(partitionLog -> {
            if (partitionLog.options().compact()) {
                seen[0] = look(partition, partitionLog);
            }
        });
        return seen[0];
    }

    private Cleanable look(Partition partition, PartitionLog partitionLog) {
        // an end that was cut off may have grown again, with other records: all of the log is dirty then
        boolean cut = truncations.getOrDefault(partition, 0L) != partitionLog.truncations();
        long cleanedUpTo = cut ? -1 : directories.of(idOf(partition)).cleanedUpTo(idOf(partition));
        return Cleanable.of(
                partitionLog,
                cleanedUpTo,
                partition.highWatermark(),
                loop.clock().wallMs());
    }

    private static LogId idOf(Partition partition) {
        return new LogId(partition.topic(), partition.index());
    }

    // ---- requests

    /** Compacts a partition as often as it is due. */
    void request(Partition partition) {
        if (!closed && queued.add(partition)) {
            requests.add(new Request(partition, false, failure -> {}));
            next();
        }
    }

    /**
     * Compacts a partition now, due or not, up to its end: its active segment is ended first.
     *
     * @param then gets what went wrong, or null
     */
    void force(Partition partition, Consumer<@Nullable Throwable> then) {
        if (closed) {
            then.accept(new CancellationException("the broker is closing"));
            return;
        }
        broken.remove(partition);
        requests.add(new Request(partition, true, then));
        next();
    }

    private void next() {
        if (active != null) {
            return;
        }
        Request request = requests.poll();
        if (request == null) {
            if (whenIdle != null) {
                whenIdle.run();
                whenIdle = null;
            }
            return;
        }
        active = request;
        if (request.forced()) {
            request.partition()
                    .onLog(partitionLog -> partitionLog.roll(loop.clock().wallMs()));
        } else {
            queued.remove(request.partition());
        }
        guardedPass(request, -1);
    }

    /** A bug must not leave a request without an end, nor the others behind it. */
    private void guardedPass(Request request, long previousEnd) {
        try {
            pass(request, previousEnd);
        } catch (RuntimeException e) {
            log.error("{} could not be compacted", request.partition(), e);
            broken.add(request.partition());
            end(request, e);
        }
    }

    private void end(Request request, @Nullable Throwable failure) {
        active = null;
        request.then().accept(failure);
        // in a turn of its own: many requests with nothing to do must not nest
        loop.execute(this::next);
    }

    // ---- one pass

    private void pass(Request request, long previousEnd) {
        Cleanable cleanable = look(request.partition());
        boolean wanted = !closed
                && cleanable != null
                && !cleanable.isNothing()
                && cleanable.firstDirtyOffset() != previousEnd
                && (request.forced()
                        || cleanable.isDue(request.partition().settings().log()));
        if (!wanted || cleanable == null) {
            end(request, closed ? new CancellationException("the broker is closing") : null);
            return;
        }
        Compactor[] taken = new Compactor[1];
        long[] truncationsSeen = new long[1];
        request.partition().onLog(partitionLog -> {
            var plan = CompactionPlan.take(
                    partitionLog,
                    cleanable,
                    request.partition().highWatermark(),
                    loop.clock().wallMs());
            taken[0] = new Compactor(directories.disk(), plan, settings(config.now()), () -> closed);
            truncationsSeen[0] = partitionLog.truncations();
        });
        Compactor compactor = taken[0];
        if (compactor == null) {
            end(request, null);
            return;
        }
        var pass = new Pass(request, compactor, cleanable.firstDirtyOffset(), truncationsSeen[0]);
        work(pass);
    }

    private record Pass(Request request, Compactor compactor, long firstDirtyOffset, long truncations) {}

    private static CompactionSettings settings(BrokerConfig now) {
        int threads = Math.max(1, now.get(BrokerKeys.LOG_CLEANER_THREADS));
        return new CompactionSettings(
                Math.max(1, now.get(BrokerKeys.LOG_CLEANER_DEDUPE_BUFFER_SIZE) / threads),
                now.get(BrokerKeys.LOG_CLEANER_IO_BUFFER_LOAD_FACTOR),
                now.get(BrokerKeys.LOG_CLEANER_IO_BUFFER_SIZE) / threads / 2);
    }

    /** Lets the maintenance thread do the next step of a pass. */
    private void work(Pass pass) {
        Compactor compactor = pass.compactor();
        long before = compactor.bytesMoved();
        long step = pace.stepBytes();
        try {
            maintenance.run(
                    () -> compactor.work(step),
                    loop,
                    (ready, failure) -> worked(pass, Boolean.TRUE.equals(ready), before, failure));
        } catch (RejectedExecutionException e) {
            finish(pass, e);
        }
    }

    private void worked(Pass pass, boolean ready, long movedBefore, @Nullable Throwable failure) {
        if (failure != null) {
            finish(pass, failure);
            return;
        }
        Compactor compactor = pass.compactor();
        long pauseMs = pace.pauseMs(compactor.bytesMoved() - movedBefore);
        if (ready && compactor.hasNext()) {
            boolean[] swapped = new boolean[1];
            pass.request().partition().onLog(partitionLog -> swapped[0] = compactor.swapIn(partitionLog));
            if (!swapped[0]) {
                finish(pass, null); // the log was shortened or deleted meanwhile: nothing is lost but work
                return;
            }
        }
        if (ready && !compactor.hasNext()) {
            finishPass(pass);
        } else if (pauseMs > 0 && !closed) {
            paused = pass;
            pause = loop.pace(pauseMs, this::resume);
        } else {
            work(pass);
        }
    }

    private void resume() {
        Pass pass = paused;
        paused = null;
        pause = null;
        if (pass != null) {
            work(pass);
        }
    }

    private void finishPass(Pass pass) {
        Partition partition = pass.request().partition();
        Compactor compactor = pass.compactor();
        log.debug(
                "{} is compacted up to {}: {} bytes became {}",
                partition,
                compactor.endOffset(),
                compactor.bytesRead(),
                compactor.bytesWritten());
        compactor.close();
        if (partition.isGone()) {
            end(pass.request(), null);
            return;
        }
        truncations.put(partition, pass.truncations());
        directories.of(idOf(partition)).noteCleaned(idOf(partition), compactor.endOffset());
        try {
            maintenance.submit(() -> {
                try {
                    directories.forEach(each -> each.checkpointCleaned(false));
                } catch (StorageException e) {
                    log.warn("What is compacted could not be noted, which the next compaction makes good", e);
                }
            });
        } catch (RejectedExecutionException e) {
            end(pass.request(), e);
            return;
        }
        guardedPass(pass.request(), pass.firstDirtyOffset());
    }

    private void finish(Pass pass, @Nullable Throwable failure) {
        Partition partition = pass.request().partition();
        pass.compactor().close();
        if (failure != null && !closed && !partition.isGone()) {
            log.warn("{} could not be compacted", partition, failure);
            boolean again = failure instanceof StorageException || failure instanceof CancellationException;
            if (!again || failure instanceof CorruptBatch) {
                broken.add(partition);
            }
        }
        end(pass.request(), failure);
    }

    /** Forgets what is known of partitions that are gone. */
    void forgetGone() {
        broken.removeIf(Partition::isGone);
        truncations.keySet().removeIf(Partition::isGone);
    }

    /** Stops; {@code then} runs once nothing is under way. */
    void close(Runnable then) {
        closed = true;
        whenIdle = then;
        if (pause != null) {
            pause.cancel();
            resume(); // which ends it, as it is cancelled
        }
        loop.execute(this::next);
    }
}
