package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.Effect;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCodec;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.GroupRouter;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.FirstDelayOver;
import dev.embeddedbroker.coordinator.group.classic.ClassicEvent;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeletedTopic;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.TopicsDeleted;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.TransactionEnded;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataKey;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group coordinators of this broker, one for each partition of {@code __consumer_offsets} it leads, and the way to the
 * one a group belongs to. Any thread may ask; answers come on the partition's loop.
 */
public final class GroupCoordinators implements ImageListener {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCoordinators.class);

    /** A member whose heartbeats are answered late by less than this part of its session is far from giving up. */
    private static final int HELD_PART_OF_SESSION = 4;

    private final Shards<GroupCommand, GroupEvent> shards;
    private final GroupSettings settings;
    private final MetadataView metadata;
    private volatile ImageTopics topics;
    private volatile @Nullable Living living;
    private final RetiredTopics retired = new RetiredTopics();
    private final Arrivals arrivals = new Arrivals();
    private final HeldAnswers held = new HeldAnswers();
    private volatile Runnable changed = () -> {};

    public GroupCoordinators(
            MetadataView metadata, ControllerClient controller, InternalTopics internalTopics, GroupSettings settings) {
        this.shards = new Shards<>(TopicRules.CONSUMER_OFFSETS, metadata, controller, internalTopics);
        this.settings = settings;
        this.metadata = metadata;
        this.topics = new ImageTopics(metadata.image());
    }

    /** What the groups go by. */
    public GroupSettings settings() {
        return settings;
    }

    /** The topics there are now; one and the same object as long as nothing changes. */
    public ImageTopics topics() {
        var image = metadata.image();
        var present = topics;
        if (!present.areOf(image)) {
            present = new ImageTopics(image);
            topics = present;
        }
        return present;
    }

    // ---- coming and going of shards, on their loops ----

    /** This broker leads a partition of {@code __consumer_offsets}: its groups are served from now on. */
    public void start(int partition, CoordinatorLog log) {
        var kept = living;
        if (kept != null) {
            restore(kept.at(partition, topics(), retired), log);
        }
        shards.start(
                partition,
                log.loop(),
                new CoordinatorHost<>(
                        log,
                        () -> new GroupRouter(settings),
                        new GroupCodec(),
                        GroupCoordinators::refuseEffect,
                        timer -> informed(timer, log.loop().clock().pacing().nanos()),
                        this::releaseAfter,
                        () -> changed.run()));
    }

    /** This broker leads the partition no more: whoever waits is answered with {@code error}. */
    public void stop(int partition, ErrorCode error) {
        shards.stop(partition, error);
        held.resign(partition, error);
    }

    /**
     * Reads the groups that have connected members, to be put into the next {@code __consumer_offsets}. Any thread.
     *
     * @return completed, on some loop, with whether there are any
     */
    public CompletableFuture<Boolean> keepLiving(Predicate<String> isConnected) {
        var kept = new CompletableFuture<Boolean>();
        var before = topics();
        shards.readAll(host -> LivingGroups.of(host, isConnected), List.<GroupEvent>of(), all -> {
            all.values().removeIf(List::isEmpty);
            living = new Living(all, before);
            kept.complete(!all.isEmpty());
        });
        return kept;
    }

    /** The groups that were kept are in place: whatever is elected from now on begins with its log alone. */
    public void forgetLiving() {
        living = null;
    }

    /** Groups by partitions of {@code __consumer_offsets}, and the topics there were when they were read. */
    private record Living(Map<Integer, List<GroupEvent>> groups, ImageTopics topics) {
        List<GroupEvent> at(int partition, ImageTopics now, RetiredTopics retired) {
            var here = groups.getOrDefault(partition, List.of());
            LivingGroups.moveTo(here, topics, now, retired);
            return here;
        }
    }

    private static void restore(List<GroupEvent> groups, CoordinatorLog log) {
        if (!groups.isEmpty()) {
            long nowMs = log.loop().clock().wallMs();
            var written = new Journal<>(log, new GroupCodec()).write(groups, nowMs, false);
            if (written.error() != ErrorCode.NONE) {
                LOG.warn(
                        "{}: groups could not be kept: {}; their members have to join anew",
                        log.name(),
                        written.error());
            }
        }
    }

    /** A group that forms waits for those who are on their way when it is asked, not when its members came. */
    private GroupCommand informed(GroupCommand timer, long nowNanos) {
        return timer instanceof FirstDelayOver over
                ? over.knowing(arrivals.areOthersComing(over.groupId(), nowNanos))
                : timer;
    }

    private void releaseAfter(GroupEvent event) {
        if (event instanceof ClassicEvent.Became became && !became.group().isAtRest()) {
            held.release(became.group().groupId());
        } else if (event instanceof Kept record && record.key() instanceof ConsumerGroupMetadataKey key) {
            held.release(key.groupId); // it speaks another protocol now
        }
    }

    private static void refuseEffect(Effect effect) {
        throw new IllegalStateException("no group protocol has effects (expected: none, was " + effect + ")");
    }

    // ---- looking ----

    /** Has {@code listener} run, on the loop of the shard, whenever a group or an offset may have become another. */
    public void onChange(Runnable listener) {
        changed = listener;
    }

    /** Has the shard of a group looked at on its loop; empty while it is not loaded, and while there is none. */
    public <T> void lookAt(String groupId, Function<GroupRouter, T> look, Consumer<Optional<T>> then) {
        shards.lookAt(groupId, machine -> look.apply((GroupRouter) machine), then);
    }

    /** Has every shard looked at on its loop; empty for those that are not loaded. */
    public <T> void lookAtAll(Function<GroupRouter, T> look, Consumer<List<Optional<T>>> then) {
        shards.lookAtAll(machine -> look.apply((GroupRouter) machine), then);
    }

    // ---- finding ----

    /** Puts the ids that topics have now in the place of those that the member knew before a reset; whether there were any. */
    public boolean renew(ConsumerGroupHeartbeatRequest request) {
        boolean isRenewed = false;
        if (request.topicPartitions != null) {
            for (var topic : request.topicPartitions) {
                var successor = retired.successorOf(topic.topicId, topics());
                isRenewed |= !successor.equals(topic.topicId);
                topic.topicId = successor;
            }
        }
        return isRenewed;
    }

    /** The name of a topic that members were assigned by this id, and that was made anew since; null if there is none. */
    public @Nullable String retiredName(Uuid topicId) {
        return retired.nameOf(topicId);
    }

    /** Who is on the way into a group. */
    public Arrivals arrivals() {
        return arrivals;
    }

    /**
     * Makes sure there is a {@code __consumer_offsets}, then runs {@code then} with NONE: coordinators are ready. With
     * COORDINATOR_NOT_AVAILABLE when it could not be made.
     */
    public void whenTopicExists(Consumer<ErrorCode> then) {
        shards.whenTopicExists(then);
    }

    /** The partition of {@code __consumer_offsets} a group belongs to; -1 while there is no such topic. */
    public int partitionOf(String groupId) {
        return shards.partitionOf(groupId);
    }

    /** Whether the groups of a partition of {@code __consumer_offsets} are served here. */
    public boolean serves(int partition) {
        return shards.serves(partition);
    }

    // ---- asking ----

    /**
     * Asks the machine a group belongs to. Exactly one of {@code answer} and {@code refuse} is run, once.
     *
     * @param refuse gets an error of a coordinator, or one of the log when something could not be written
     */
    public void ask(
            String groupId,
            Function<Ticket, GroupCommand> command,
            Consumer<Object> answer,
            Consumer<ErrorCode> refuse) {
        shards.ask(groupId, command, answer, refuse);
    }

    /**
     * Tells {@code answer}, once, when the classic group is at rest no more, or served here no more. On the loop of the
     * group's partition, where answers come.
     *
     * @return how long the member may be kept waiting, in ms; 0 if the group is not at rest now, or its members had better
     *     not wait, and then nothing is told
     */
    public int holdWhileAtRest(String groupId, String memberId, HeldAnswer answer) {
        var machine = shards.machineHere(groupId);
        var group = machine instanceof GroupRouter router ? router.group(groupId) : null;
        if (!(group instanceof ClassicGroup classic) || !classic.isAtRest() || !classic.isOfPlainConsumers()) {
            return 0;
        }
        held.hold(groupId, shards.partitionOf(groupId), answer);
        return Math.max(1, classic.sessionTimeoutMsOf(memberId) / HELD_PART_OF_SESSION);
    }

    /** What was held is answered for another reason; any thread. */
    public void forgetHeld(String groupId, HeldAnswer answer) {
        held.forget(groupId, answer);
    }

    /**
     * The marker that ends a producer's transaction was written to a partition of {@code __consumer_offsets}. Inside that
     * partition's loop, in the turn that wrote it.
     */
    public void transactionEnded(int partition, long producerId, boolean commit) {
        shards.onWritten(partition, new TransactionEnded(producerId, commit));
    }

    /** Asks every machine of this broker, and hands their answers on together. */
    public void askAll(Function<Ticket, GroupCommand> command, Consumer<List<ShardAnswer>> then) {
        shards.askAll(command, then);
    }

    /** Offsets go with their topics; {@code done} runs when every coordinator has seen to it. */
    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        if (delta.deletedTopics().isEmpty()) {
            done.run();
            return;
        }
        var deleted = delta.deletedTopics().stream()
                .map(topic -> new DeletedTopic(topic.name(), topic.id()))
                .toList();
        shards.tellAll(new TopicsDeleted(deleted), done);
    }
}
