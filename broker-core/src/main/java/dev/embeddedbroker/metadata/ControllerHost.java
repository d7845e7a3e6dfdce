package dev.embeddedbroker.metadata;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.log.LeaderChangeMessage;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the {@link Controller} to loop 0, its log and its listeners: decide, append, apply, publish, answer.
 *
 * <p><b>Owner:</b> loop 0; {@link #image}, {@link #registerBroker} and the {@link #client} may be used on any thread.
 */
public final class ControllerHost implements MetadataView, AutoCloseable {

    /* Commands that come while listeners are at work wait, and are then carried out together: each is a batch of the
     * log of its own and sees what the ones before it did, but one image is published for all of them. So a thousand
     * topics created at once cost a few rounds through the listeners, not a thousand. */

    private static final Logger LOG = LoggerFactory.getLogger(ControllerHost.class);

    private final int nodeId;
    private final Loop loop;
    private final Maintenance flushes;
    private final MetadataLog log;
    private final Controller controller;
    private final MetadataSnapshots snapshots;
    private final ControllerClient client;
    private final List<ImageListener> listeners = new ArrayList<>();

    private FirstStart beginning = new FirstStart(Map.of(), Map.of());
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private volatile ClusterImage published;
    private int epoch;
    private long lastTicket;
    private boolean started;
    private boolean publishing;
    private boolean carryingOut;
    private boolean closed;
    private @Nullable ControllerUnavailable broken;

    /** What this host is made of; {@code random} gives topics their ids and placements their start. */
    public record Parts(
            int nodeId,
            String clusterId,
            Loop loop,
            MetadataLog log,
            ControllerSettings settings,
            ConfigRules rules,
            Policies policies,
            RandomGenerator random,
            SnapshotSettings snapshots,
            Maintenance maintenance,
            Maintenance flushes) {}

    /** What a new cluster starts with: its features, and the settings all its brokers have. */
    public record FirstStart(Map<String, Short> features, Map<String, String> everyBroker) {

        /** As {@code kafka-storage format} and Kafka's first start leave it. */
        public static FirstStart likeKafka(int minInSyncReplicas) {
            return likeKafka(Features.ofNewCluster(Map.of()), minInSyncReplicas);
        }

        /** The same with other features; only with KIP-966's is there one {@code min.insync.replicas} for all brokers. */
        public static FirstStart likeKafka(Map<String, Short> features, int minInSyncReplicas) {
            return new FirstStart(
                    features,
                    features.getOrDefault(Features.ELIGIBLE_LEADER_REPLICAS_VERSION, (short) 0) == 0
                            ? Map.of()
                            : Map.of("min.insync.replicas", Integer.toString(minInSyncReplicas)));
        }
    }

    public ControllerHost(Parts parts) {
        this.nodeId = parts.nodeId();
        this.loop = parts.loop();
        this.flushes = parts.flushes();
        this.log = parts.log();
        this.controller = new Controller(parts.clusterId(), parts.settings(), parts.rules(), parts.policies());
        this.snapshots = new MetadataSnapshots(log, controller, parts.snapshots(), loop, parts.maintenance());
        this.client = new HostedController(this, parts.nodeId(), parts.random());
        this.published = controller.image();
    }

    /** A command that waits, or was carried out: then it has its answer, or what failed. */
    private static final class Pending {
        private final ControllerCommand command;
        private final CompletableFuture<Object> answer;
        private @Nullable Object outcome;
        private @Nullable ControllerUnavailable failure;

        private Pending(ControllerCommand command, CompletableFuture<Object> answer) {
            this.command = command;
            this.answer = answer;
        }

        private void complete() {
            if (failure == null) {
                answer.complete(outcome);
            } else {
                answer.completeExceptionally(failure);
            }
        }
    }

    @Override
    public ClusterImage image() {
        return published;
    }

    /** Adds somebody who acts on images; before {@link #start}. Listeners are told in the order they were added. */
    public void addListener(ImageListener listener) {
        if (started) throw new IllegalStateException("the controller has started (expected: listeners before that)");
        listeners.add(listener);
    }

    /**
     * Reads the log, becomes its leader, and writes the first records of a new cluster. Publishes nothing yet: the first
     * image comes with {@link #registerBroker}. Inside loop 0.
     */
    public void start(FirstStart firstStart) {
        loop.requireInside();
        started = true;
        load();
        epoch = log.lastEpoch() + 1;
        boolean isNew = log.endOffset() == 0;
        var features = controller.image().features().isEmpty()
                ? firstStart.features()
                : controller.image().features();
        beginning = new FirstStart(features, firstStart.everyBroker());
        long nowMs = loop.clock().wallMs();
        if (isNew && controller.image().features().isEmpty()) {
            log.writeSnapshot(MetadataLog.SnapshotId.FIRST, nowMs, firstRecords(features));
            log.addSnapshot(MetadataLog.SnapshotId.FIRST);
        }
        snapshots.started(loop.clock().now());
        log.elected(nodeId, epoch);
        becomeLeader(nowMs);
        if (isNew)
            carryOut(new ControllerCommand.Bootstrap(new Ticket(++lastTicket), features, firstStart.everyBroker()));
    }

    private static List<byte[]> firstRecords(Map<String, Short> features) {
        var records = new ArrayList<Message>();
        Controller.featureLevels(features, records);
        var encoded = new ArrayList<byte[]>(records.size());
        for (var record : records) {
            encoded.add(MetadataFrame.encode(record, (short) 0));
        }
        return encoded;
    }

    private void load() {
        var snapshot = log.readSnapshot(this::applyBatch);
        long offset = 0;
        if (snapshot != null) {
            offset = snapshot.endOffset();
            controller.appliedUpTo(offset - 1, snapshot.epoch());
        }
        log.replay(offset, bytes -> {
            applyBatch(bytes);
            var batch = RecordBatchView.of(bytes);
            controller.appliedUpTo(batch.lastOffset(), batch.partitionLeaderEpoch());
            snapshots.replayed(batch.sizeBytes());
        });
    }

    private void applyBatch(ByteBuffer bytes) {
        var batch = RecordBatchView.of(bytes);
        if (batch.isControl()) return;
        try (var records = RecordCursor.over(batch)) {
            while (records.next()) {
                var value = records.value();
                if (value == null) throw new CorruptMetadata("a record without a value at offset " + records.offset());
                controller.apply(MetadataFrame.decode(value));
            }
        }
    }

    private void becomeLeader(long nowMs) {
        var voter = new LeaderChangeMessage.Voter().setVoterId(nodeId);
        var message = new LeaderChangeMessage()
                .setLeaderId(nodeId)
                .setVoters(List.of(voter))
                .setGrantingVoters(List.of(voter));
        append(KRaftLog.control(0, nowMs, ControlRecord.Type.LEADER_CHANGE, message), nowMs);
    }

    private void append(ByteBuffer batch, long nowMs) {
        log.append(batch, epoch, nowMs);
        controller.appliedUpTo(log.endOffset() - 1, epoch);
    }

    /** A broker joins and leads what it can; completes with its epoch once the first image's listeners are done. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback completes the future that is returned
    public CompletableFuture<Long> registerBroker(BrokerRegistration broker) {
        var joined = new CompletableFuture<Long>();
        loop.run(() -> register(broker, joined));
        return joined;
    }

    /** Two commands that become visible at once, as nothing is published in between. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback completes the future that was returned
    private void register(BrokerRegistration broker, CompletableFuture<Long> joined) {
        if (closed) {
            joined.completeExceptionally(stopping());
            return;
        }
        var registered = new CompletableFuture<Object>();
        var unfenced = new CompletableFuture<Object>();
        waiting.add(new Pending(new ControllerCommand.RegisterBroker(new Ticket(++lastTicket), broker), registered));
        waiting.add(new Pending(new ControllerCommand.UnfenceBroker(new Ticket(++lastTicket), broker.id()), unfenced));
        CompletableFuture.allOf(registered, unfenced).whenComplete((both, failure) -> {
            if (failure == null) {
                joined.complete((Long) registered.join());
            } else {
                joined.completeExceptionally(failure);
            }
        });
        carryOutWaiting();
    }

    /** The way to command this controller. */
    public ControllerClient client() {
        return client;
    }

    /** The features this controller started with, and what all brokers of a new cluster have. Inside loop 0. */
    FirstStart beginning() {
        return beginning;
    }

    /** Queues a command, made inside the loop because its ticket is; the answer is what the command's description says. */
    @SuppressWarnings("unchecked")
    <T> CompletableFuture<T> submit(Function<Ticket, ControllerCommand> command) {
        var answer = new CompletableFuture<T>();
        try {
            loop.run(() -> {
                if (closed) {
                    answer.completeExceptionally(stopping());
                } else {
                    waiting.add(new Pending(
                            command.apply(new Ticket(++lastTicket)), (CompletableFuture<Object>) (Object) answer));
                    carryOutWaiting();
                }
            });
        } catch (RejectedExecutionException ended) {
            answer.completeExceptionally(stopping());
        }
        return answer;
    }

    /** Carries out what waits and publishes the result, again and again until nothing waits or a listener takes time. */
    private void carryOutWaiting() {
        if (carryingOut) return; // an answer brought a new command: the round below goes on with it
        carryingOut = true;
        while (!waiting.isEmpty() && !publishing) {
            var round = new ArrayList<Pending>();
            for (var next = waiting.poll(); next != null; next = waiting.poll()) {
                round.add(next);
                carryOut(next);
            }
            publishing = true;
            makeDurable(failure -> {
                if (failure == null) {
                    publish(() -> {
                        publishing = false;
                        for (var pending : round) {
                            pending.complete();
                        }
                    });
                } else {
                    publishing = false;
                    for (var pending : round) {
                        pending.answer.completeExceptionally(failure);
                    }
                }
            });
        }
        carryingOut = false;
    }

    /** Makes the round durable that was written, off this loop; a log that needs none is at once. */
    private void makeDurable(Consumer<@Nullable ControllerUnavailable> then) {
        try {
            var flush = log.beginFlush();
            if (flush == null) {
                then.accept(null);
                return;
            }
            flushes.<Boolean>run(
                    () -> {
                        flush.run();
                        return Boolean.TRUE;
                    },
                    loop,
                    (done, failure) -> {
                        then.accept(flushed(flush, failure));
                        carryOutWaiting();
                    });
        } catch (StorageException failure) {
            then.accept(notDurable(failure));
        } catch (RejectedExecutionException ended) {
            then.accept(stopping());
        }
    }

    private @Nullable ControllerUnavailable flushed(MetadataLog.Flush flush, @Nullable Throwable failure) {
        if (failure instanceof StorageException disk) {
            flush.failed(disk);
            return notDurable(disk);
        }
        if (failure != null) throw new IllegalStateException("the metadata log could not be flushed", failure);
        flush.done();
        return closed ? stopping() : null;
    }

    /** What was applied is not in the log, so nothing is decided or published on top of it any more. */
    private ControllerUnavailable notDurable(StorageException failure) {
        LOG.warn("the metadata log could not be written", failure);
        broken = new ControllerUnavailable("the metadata log could not be written", failure);
        return broken;
    }

    /** Writes and applies what a command comes to, and notes the answer. */
    private void carryOut(Pending pending) {
        pending.failure = broken;
        if (broken != null) return;
        try {
            pending.outcome = carryOut(pending.command);
        } catch (StorageException | RecordsRefused failure) {
            LOG.warn("the metadata log could not be written", failure);
            pending.failure = new ControllerUnavailable("the metadata log could not be written", failure);
        }
    }

    private Object carryOut(ControllerCommand command) {
        var now = loop.clock().now();
        int metadataVersion = controller.image().feature(Features.METADATA_VERSION);
        var outcome = controller.decide(command, now);
        if (!outcome.events().isEmpty()) {
            var batch = new RecordBatchBuilder();
            for (var record : outcome.events()) {
                batch.append(
                        now.wallMs(), null, MetadataFrame.encode(record, RecordVersions.of(record, metadataVersion)));
            }
            var bytes = batch.build();
            int size = bytes.remaining();
            log.append(bytes, epoch, now.wallMs());
            for (var record : outcome.events()) {
                controller.apply(record);
            }
            controller.appliedUpTo(log.endOffset() - 1, epoch);
            snapshots.appended(size, now);
        }
        return outcome.replies().get(0).answer();
    }

    /** Makes the image visible, tells the listeners if it differs, and goes on when all of them are done. */
    private void publish(Runnable then) {
        var delta = controller.takeDelta();
        published = delta.after();
        if (delta.isEmpty() || listeners.isEmpty()) {
            then.run();
            return;
        }
        var remaining = new AtomicInteger(listeners.size());
        for (var listener : listeners) {
            var once = new AtomicBoolean();
            listener.onImage(delta, delta.after(), () -> {
                if (once.getAndSet(true)) throw new IllegalStateException(listener + " is done twice with one image");
                if (remaining.decrementAndGet() > 0) return;
                loop.run(() -> {
                    then.run();
                    carryOutWaiting();
                });
            });
        }
    }

    /** Fails what waits, notes that the broker is gone, and closes the log. Inside loop 0. */
    @Override
    public void close() {
        if (!end()) return;
        try {
            if (started) carryOut(new ControllerCommand.FenceBroker(new Ticket(++lastTicket), nodeId));
        } catch (StorageException | RecordsRefused failure) {
            LOG.warn("the end of this broker's registration could not be written", failure);
        }
        snapshots.close();
        log.close();
    }

    /** Ends as if the process was killed: nothing is written, and the log is left to its directory. */
    public void abandon() {
        if (end()) snapshots.close();
    }

    private boolean end() {
        loop.requireInside();
        if (closed) return false;
        closed = true;
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            next.answer.completeExceptionally(stopping());
        }
        return true;
    }

    private static ControllerUnavailable stopping() {
        return new ControllerUnavailable("the broker is stopping");
    }
}
