package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.Effect;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCodec;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupRouter;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeletedTopic;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.TopicsDeleted;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group coordinators of this broker, one for each partition of {@code __consumer_offsets} it leads, and the way to the
 * one a group belongs to. Any thread may ask; answers come on the partition's loop.
 */
public final class GroupCoordinators implements ImageListener {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCoordinators.class);

    private final MetadataView metadata;
    private final ControllerClient controller;
    private final InternalTopics internalTopics;
    private final GroupSettings settings;
    private final Map<Integer, Shard> shards = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CompletableFuture<ErrorCode>> creating = new AtomicReference<>();

    private record Shard(Loop loop, CoordinatorHost<GroupCommand, GroupEvent> host) {}

    public GroupCoordinators(
            MetadataView metadata, ControllerClient controller, InternalTopics internalTopics, GroupSettings settings) {
        this.metadata = metadata;
        this.controller = controller;
        this.internalTopics = internalTopics;
        this.settings = settings;
    }

    // ---- coming and going of shards, on their loops ----

    /** This broker leads a partition of {@code __consumer_offsets}: its groups are served from now on. */
    public void start(int partition, CoordinatorLog log) {
        stop(partition, ErrorCode.NOT_COORDINATOR);
        var host = new CoordinatorHost<GroupCommand, GroupEvent>(
                log, () -> new GroupRouter(settings), new GroupCodec(), GroupCoordinators::refuseEffect);
        shards.put(partition, new Shard(log.loop(), host));
        host.start();
    }

    /** This broker leads the partition no more: whoever waits is answered with {@code error}. */
    public void stop(int partition, ErrorCode error) {
        var shard = shards.remove(partition);
        if (shard != null) {
            shard.host().stop(error);
        }
    }

    private static void refuseEffect(Effect effect) {
        throw new IllegalStateException("no group protocol has effects (expected: none, was " + effect + ")");
    }

    // ---- finding ----

    /** The partition a group belongs to: Kafka's formula, so that its log is where Kafka looks for it. */
    public static int partitionOf(String groupId, int partitions) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    /**
     * Makes sure there is a {@code __consumer_offsets}, then runs {@code then} with NONE: coordinators are ready. With
     * COORDINATOR_NOT_AVAILABLE when it could not be made.
     */
    public void whenTopicExists(Consumer<ErrorCode> then) {
        // The topic is in the image before its coordinators are ready: whoever comes in between waits with its creator.
        var present = creating.get();
        if (present != null && !present.isDone()) {
            await(present, then);
        } else if (metadata.image().topic(TopicRules.CONSUMER_OFFSETS) != null) {
            then.accept(ErrorCode.NONE);
        } else {
            var mine = new CompletableFuture<ErrorCode>();
            if (creating.compareAndSet(present, mine)) {
                create(mine);
                await(mine, then);
            } else {
                whenTopicExists(then);
            }
        }
    }

    private void create(CompletableFuture<ErrorCode> created) {
        var topic = Objects.requireNonNull(internalTopics.topic(TopicRules.CONSUMER_OFFSETS));
        var unused = controller.createTopics(List.of(topic), false).whenComplete((topics, failure) -> {
            if (failure != null) {
                LOG.warn("{} could not be created", TopicRules.CONSUMER_OFFSETS, failure);
                created.complete(ErrorCode.COORDINATOR_NOT_AVAILABLE);
                return;
            }
            var result = topics.get(0).result();
            boolean isThere = result.isOk() || result.error() == ErrorCode.TOPIC_ALREADY_EXISTS;
            if (!isThere) {
                LOG.warn("{} could not be created: {}", TopicRules.CONSUMER_OFFSETS, result);
            }
            created.complete(isThere ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE);
        });
    }

    private static void await(CompletableFuture<ErrorCode> created, Consumer<ErrorCode> then) {
        var unused = created.thenAccept(then).exceptionally(bug -> {
            LOG.error("an asker of the group coordinators failed", bug);
            return null;
        });
    }

    /** The partition of {@code __consumer_offsets} a group belongs to; -1 while there is no such topic. */
    public int partitionOf(String groupId) {
        var topic = metadata.image().topic(TopicRules.CONSUMER_OFFSETS);
        return topic == null ? -1 : partitionOf(groupId, topic.partitionCount());
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
        whenTopicExists(error -> {
            if (error != ErrorCode.NONE) {
                refuse.accept(error);
                return;
            }
            var shard = shards.get(partitionOf(groupId));
            if (shard == null) {
                refuse.accept(ErrorCode.NOT_COORDINATOR);
            } else {
                ask(shard, command, answer, refuse);
            }
        });
    }

    private static void ask(
            Shard shard, Function<Ticket, GroupCommand> command, Consumer<Object> answer, Consumer<ErrorCode> refuse) {
        try {
            shard.loop().run(() -> shard.host().ask(command, answer, refuse));
        } catch (RejectedExecutionException loopHasEnded) {
            refuse.accept(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
    }

    /** One shard's part of an asking of all. */
    public record Part(ErrorCode error, @Nullable Object answer) {}

    /** Asks every machine of this broker, and hands their answers on together. */
    public void askAll(Function<Ticket, GroupCommand> command, Consumer<List<Part>> then) {
        var all = List.copyOf(shards.values());
        var gather = new Gather<>(all.size(), new Part(ErrorCode.NOT_COORDINATOR, null), then);
        for (int i = 0; i < all.size(); i++) {
            int index = i;
            ask(
                    all.get(i),
                    command,
                    answer -> gather.put(index, new Part(ErrorCode.NONE, answer)),
                    error -> gather.put(index, new Part(error, null)));
        }
    }

    /** Offsets go with their topics; {@code done} runs when every coordinator has seen to it. */
    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        var deleted = delta.deletedTopics().stream()
                .map(topic -> new DeletedTopic(topic.name(), topic.id()))
                .toList();
        var all = List.copyOf(shards.values());
        if (deleted.isEmpty() || all.isEmpty()) {
            done.run();
            return;
        }
        var gather = new Gather<>(all.size(), Boolean.FALSE, seen -> done.run());
        for (int i = 0; i < all.size(); i++) {
            int index = i;
            var shard = all.get(i);
            shard.loop().run(() -> {
                shard.host().tell(new TopicsDeleted(deleted));
                gather.put(index, Boolean.TRUE);
            });
        }
    }
}
