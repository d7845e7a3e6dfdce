package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.DirectoryAssignment;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.batch.BatchOpener;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.LogId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions on this broker, kept as the cluster's image says: opened, created, led, followed, reconfigured and
 * deleted, each on the loop that owns it. KRaft's metadata partition is not among them.
 *
 * <p><b>Owner:</b> the registry may be asked by any thread; it is changed by {@link #onImage}, one image at a time, and
 * by {@link #close}.
 */
public final class Partitions implements ImageListener {

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    /** The settings a topic goes by in an image. */
    @FunctionalInterface
    public interface SettingsOf {
        PartitionSettings topic(ClusterImage image, String topic);
    }

    /** Ids before it stand for something else: 0 for none, 1 for a lost one (KIP-858). */
    private static final long FIRST_DIRECTORY_ID = 100;

    private record Place(String topic, int partition) {}

    private final int self;
    private final LoopGroup loops;
    private final List<BatchOpener> openers;
    private final LogDirectories directories;
    private final Queue<DirectoryAssignment> unassigned = new ConcurrentLinkedQueue<>();
    private final SettingsOf settings;
    private final MetadataView metadata;
    private final Map<String, TopicPartitions> byName = new ConcurrentHashMap<>();
    private final Map<Uuid, TopicPartitions> byId = new ConcurrentHashMap<>();
    private final Set<Place> unopened = ConcurrentHashMap.newKeySet();
    private final List<RoleListener> roleListeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Consumer<Partition> activity;
    private volatile @Nullable Consumer<Partition> change;
    private volatile @Nullable Consumer<List<DirectoryAssignment>> assigner;
    private volatile Flusher flusher = Flusher.INLINE;

    /**
     * @param self the id of this broker
     * @param loops the loops among which partitions are divided
     * @param directories where the logs are; they outlive this
     * @param settings what topics go by
     * @param metadata the newest image, to tell partitions that are elsewhere from those that are nowhere
     */
    public Partitions(
            int self, LoopGroup loops, LogDirectories directories, SettingsOf settings, MetadataView metadata) {
        this.self = self;
        this.loops = loops;
        this.openers = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) openers.add(new BatchOpener());
        this.directories = directories;
        this.settings = settings;
        this.metadata = metadata;
    }

    // ---- looking up: any thread

    public @Nullable Partition find(String topic, int partition) {
        var partitions = byName.get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    public @Nullable Partition find(Uuid topicId, int partition) {
        var partitions = byId.get(topicId);
        return partitions == null ? null : partitions.get(partition);
    }

    /** The error that says why {@link #find} found none. */
    public ErrorCode whyAbsent(String topic, int partition) {
        return whyAbsent(metadata.image().topic(topic), partition);
    }

    /** The error that says why {@link #find} found none. */
    public ErrorCode whyAbsent(Uuid topicId, int partition) {
        return whyAbsent(metadata.image().topic(topicId), partition);
    }

    private ErrorCode whyAbsent(@Nullable TopicImage topic, int partition) {
        if (topic == null || topic.partition(partition) == null) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        return unopened.contains(new Place(topic.name(), partition))
                ? ErrorCode.KAFKA_STORAGE_ERROR
                : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    /** All partitions there are at the moment, in no order. */
    public List<Partition> all() {
        var all = new ArrayList<Partition>();
        for (var topic : byId.values()) {
            for (int i = 0; i < topic.size(); i++) {
                Partition partition = topic.get(i);
                if (partition != null) all.add(partition);
            }
        }
        return all;
    }

    /** Has {@code listener} told of every election and resignation from now on. */
    public void addRoleListener(RoleListener listener) {
        roleListeners.add(listener);
    }

    /**
     * Has {@code listener} told, on the partition's loop, of partitions in which something changes: records, high
     * watermark, start, settings. Once per partition until {@link Partition#tellActivityAgain}. For partitions opened from
     * now on.
     */
    public void onActivity(Consumer<Partition> listener) {
        activity = listener;
    }

    /** As {@link #onActivity}, but told of every change, and of clients that begin to read. */
    public void onChange(Consumer<Partition> listener) {
        change = listener;
    }

    /** Has logs made durable by {@code newFlusher}. For partitions opened from now on. */
    public void flushBy(Flusher newFlusher) {
        flusher = newFlusher;
    }

    // ---- following the image

    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        var deletions = new ArrayList<Step>();
        for (var topic : delta.deletedTopics()) {
            deleteTopic(topic, deletions);
        }
        var steps = new ArrayList<Step>();
        for (var topic : delta.createdTopics()) {
            createTopic(topic, image, steps);
        }
        for (var change : delta.changedTopics()) {
            changeTopic(change.after(), image, steps);
        }
        reconfigure(delta.changedConfigs(), image, steps);
        // What begins waits until all that ends has ended, coordinators among it: a transaction that ends in one topic
        // must
        // not put its marker into another one that has got the name.
        OwnerCall.run(
                loops.get(0),
                deletions,
                () -> OwnerCall.run(loops.get(0), steps, () -> {
                    tellAssignments();
                    done.run();
                }));
    }

    /** Has the controller told in which directories logs are, where it does not know (KIP-858). Before the first image. */
    public void onAssignment(Consumer<List<DirectoryAssignment>> listener) {
        assigner = listener;
    }

    private void tellAssignments() {
        var assignments = new ArrayList<DirectoryAssignment>();
        for (var next = unassigned.poll(); next != null; next = unassigned.poll()) assignments.add(next);
        if (!assignments.isEmpty() && assigner != null) assigner.accept(assignments);
    }

    private static boolean isDirectory(Uuid id) {
        return id.mostSignificantBits() != 0 || id.leastSignificantBits() >= FIRST_DIRECTORY_ID;
    }

    private void deleteTopic(TopicImage topic, List<Step> steps) {
        var partitions = byId.remove(topic.id());
        if (partitions == null) return;
        byName.remove(topic.name(), partitions);
        for (int i = 0; i < partitions.size(); i++) {
            Partition partition = partitions.get(i);
            if (!unopened.isEmpty()) unopened.remove(new Place(topic.name(), i));
            if (partition != null) steps.add(new Step(partition.loop(), partition.toString(), () -> delete(partition)));
        }
    }

    private void createTopic(TopicImage topic, ClusterImage image, List<Step> steps) {
        var partitions = new TopicPartitions(topic.name(), topic.id());
        partitions.growTo(topic.partitionCount());
        byId.put(topic.id(), partitions);
        byName.put(topic.name(), partitions);
        var topicSettings = settings.topic(image, topic.name());
        for (var partition : topic.partitions()) {
            if (partition.replicas().contains(self)) addOpening(partitions, partition, topicSettings, steps);
        }
    }

    private void changeTopic(TopicImage topic, ClusterImage image, List<Step> steps) {
        var partitions = byId.get(topic.id());
        if (partitions == null) {
            createTopic(topic, image, steps);
            return;
        }
        partitions.growTo(topic.partitionCount());
        var topicSettings = settings.topic(image, topic.name());
        for (var decided : topic.partitions()) {
            Partition here = partitions.get(decided.index());
            boolean isReplica = decided.replicas().contains(self);
            if (here == null && isReplica) {
                addOpening(partitions, decided, topicSettings, steps);
            } else if (here != null && isReplica) {
                steps.add(new Step(here.loop(), here.toString(), () -> decide(here, decided)));
            } else if (here != null) {
                partitions.set(decided.index(), null);
                steps.add(new Step(here.loop(), here.toString(), () -> delete(here)));
            }
        }
    }

    private void addOpening(
            TopicPartitions topic, PartitionImage decided, PartitionSettings topicSettings, List<Step> steps) {
        Loop owner = loops.ownerOf(topic.name(), decided.index());
        String name = topic.name() + "-" + decided.index();
        steps.add(new Step(owner, name, () -> open(topic, decided, topicSettings, owner)));
    }

    private void open(TopicPartitions topic, PartitionImage decided, PartitionSettings topicSettings, Loop owner) {
        var place = new Place(topic.name(), decided.index());
        Partition partition;
        try {
            partition = openLog(topic, decided, topicSettings, owner);
        } catch (StorageException e) {
            log.error("{}-{} is offline: its log cannot be opened", topic.name(), decided.index(), e);
            unopened.add(place);
            return;
        }
        if (!unopened.isEmpty()) unopened.remove(place);
        partition.news().onActivity(activity);
        partition.news().onChange(change);
        partition.flushBy(flusher);
        partition.onOffline(this::resign);
        topic.set(decided.index(), partition);
        decide(partition, decided);
    }

    private Partition openLog(
            TopicPartitions topic, PartitionImage decided, PartitionSettings topicSettings, Loop owner) {
        int index = decided.index();
        var id = new LogId(topic.name(), index);
        var assigned = decided.directoryOf(self);
        var directory = directories.home(id, assigned.toString(), isDirectory(assigned));
        var actual = Uuid.fromString(directory.meta().directoryId());
        if (!actual.equals(assigned)) unassigned.add(new DirectoryAssignment(topic.id(), index, actual));
        String noted = directory.topicId(id);
        if (noted != null && !noted.equals(topic.id().toString())) {
            log.warn(
                    "The log {} is of topic id {}, but the topic has id {}; the log is kept as {}",
                    id,
                    noted,
                    topic.id(),
                    directory.setAside(id, uniqueOf(topic.id())));
        }
        long nowMs = owner.clock().wallMs();
        var opened = directory.open(id, topic.id().toString(), topicSettings.log(), nowMs);
        opened.openBatchesBy(openers.get(owner.index()));
        long highWatermark = directory.highWatermark(id);
        return new Partition(topic.name(), topic.id(), index, owner, self, opened, highWatermark, topicSettings);
    }

    /** What tells the deleted log of a topic from those of others of its name. */
    private static String uniqueOf(Uuid topicId) {
        return new UUID(topicId.mostSignificantBits(), topicId.leastSignificantBits())
                .toString()
                .replace("-", "");
    }

    private void decide(Partition partition, PartitionImage decided) {
        tellRole(partition, partition.decide(decided));
    }

    /** Its disk failed, so nobody can lead it: as Kafka's controller has it when a log directory fails. */
    private void resign(Partition partition) {
        tellRole(partition, new RoleChange(partition.leaderEpoch(), -1));
    }

    private void tellRole(Partition partition, RoleChange change) {
        for (var listener : roleListeners) {
            if (change.resignedEpoch() >= 0) listener.onResigned(partition, change.resignedEpoch());
            if (change.electedEpoch() >= 0) listener.onElected(partition, change.electedEpoch());
        }
    }

    private void delete(Partition partition) {
        tellRole(partition, partition.leave());
        try {
            var id = new LogId(partition.topic(), partition.index());
            directories.of(id).delete(id, uniqueOf(partition.topicId()));
            directories.forget(id);
        } catch (StorageException e) {
            log.error("{} is deleted, but its files are still there", partition, e);
        }
    }

    private void reconfigure(Set<ConfigResource> changed, ClusterImage image, List<Step> steps) {
        boolean all = false;
        for (var resource : changed) {
            all |= resource.type() == ConfigResource.Type.BROKER;
        }
        for (var topic : byId.values()) {
            if (!all && !changed.contains(ConfigResource.topic(topic.name()))) continue;
            var topicSettings = settings.topic(image, topic.name());
            for (int i = 0; i < topic.size(); i++) {
                Partition partition = topic.get(i);
                if (partition != null) {
                    steps.add(new Step(
                            partition.loop(), partition.toString(), () -> partition.reconfigure(topicSettings)));
                }
            }
        }
    }

    // ---- moving

    /** Begins to move a partition into the directory at a path; says what is against it. Any thread. */
    public ErrorCode move(String path, String topic, int index) {
        if (!LogDirectory.canMove(new LogId(topic, index))) return ErrorCode.INVALID_TOPIC_EXCEPTION;
        LogDirectory to;
        try {
            to = directories.at(Path.of(path));
            if (to == null) {
                return directories.isOffline(Path.of(path))
                        ? ErrorCode.KAFKA_STORAGE_ERROR
                        : ErrorCode.LOG_DIR_NOT_FOUND;
            }
        } catch (InvalidPathException e) {
            log.debug("No directory has the name {}", path, e);
            return ErrorCode.LOG_DIR_NOT_FOUND;
        }
        Partition partition = find(topic, index);
        if (partition == null) {
            ErrorCode absence = whyAbsent(topic, index);
            return absence == ErrorCode.NOT_LEADER_OR_FOLLOWER ? ErrorCode.REPLICA_NOT_AVAILABLE : absence;
        }
        partition.loop().execute(() -> move(partition, to));
        return ErrorCode.NONE;
    }

    private void move(Partition partition, LogDirectory to) {
        var id = new LogId(partition.topic(), partition.index());
        var from = directories.of(id);
        partition.moveTo(to == from ? null : to, from, () -> {
            directories.moved(id, to);
            var directoryId = Uuid.fromString(to.meta().directoryId());
            unassigned.add(new DirectoryAssignment(partition.topicId(), partition.index(), directoryId));
            tellAssignments();
        });
    }

    // ---- work on all, and the end

    /** Runs {@code work} for each partition on its loop, then {@code then} on {@code home}. Inside home. */
    public void forEach(Loop home, Consumer<Partition> work, Runnable then) {
        var steps = new ArrayList<Step>();
        for (var partition : all()) {
            steps.add(new Step(partition.loop(), partition.toString(), () -> work.accept(partition)));
        }
        OwnerCall.run(home, steps, then);
    }

    /**
     * Takes every partition out of service; whoever waits for one is answered. Then the loops may end, and the logs be
     * closed with their directory. Any thread; the loops must still run.
     */
    public CompletableFuture<Void> close() {
        var closed = new CompletableFuture<Void>();
        Loop home = loops.get(0);
        home.run(() -> forEach(home, this::close, () -> closeOpeners(closed)));
        return closed;
    }

    /** As if the process had died: what was written stays as it is. Any thread; the loops must still run. */
    public CompletableFuture<Void> abandon() {
        var closed = new CompletableFuture<Void>();
        loops.get(0).run(() -> closeOpeners(closed));
        return closed;
    }

    private void closeOpeners(CompletableFuture<Void> closed) {
        var steps = new ArrayList<Step>();
        for (var loop : loops.all()) {
            steps.add(new Step(loop, "What opens batches", openers.get(loop.index())::close));
        }
        OwnerCall.run(loops.get(0), steps, () -> closed.complete(null));
    }

    private void close(Partition partition) {
        noteHighWatermark(partition);
        tellRole(partition, partition.leave());
        var topic = byId.get(partition.topicId());
        if (topic != null) topic.set(partition.index(), null);
    }

    /** Notes the partition's high watermark for the directory's next checkpoint. On the partition's loop. */
    public void noteHighWatermark(Partition partition) {
        if (partition.isOffline() || partition.isGone()) return;
        var id = new LogId(partition.topic(), partition.index());
        directories.of(id).noteHighWatermark(id, partition.highWatermark());
    }

    /** One thing to do for one partition on its loop. */
    private record Step(Loop owner, String what, Runnable action) implements OwnerCall.Item {
        @Override
        public void work() {
            action.run();
        }

        @Override
        public void failed(Throwable cause) {
            log.error("{} could not follow the cluster's image", what, cause);
        }
    }
}
