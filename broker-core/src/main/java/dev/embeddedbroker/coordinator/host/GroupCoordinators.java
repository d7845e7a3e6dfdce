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
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.TransactionEnded;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The group coordinators of this broker, one for each partition of {@code __consumer_offsets} it leads, and the way to the
 * one a group belongs to. Any thread may ask; answers come on the partition's loop.
 */
public final class GroupCoordinators implements ImageListener {
    private final MetadataView metadata;
    private final InternalTopicGate gate;
    private final GroupSettings settings;
    private final Map<Integer, Shard> shards = new ConcurrentHashMap<>();

    private record Shard(Loop loop, CoordinatorHost<GroupCommand, GroupEvent> host) {}

    public GroupCoordinators(
            MetadataView metadata, ControllerClient controller, InternalTopics internalTopics, GroupSettings settings) {
        this.metadata = metadata;
        this.gate = new InternalTopicGate(TopicRules.CONSUMER_OFFSETS, metadata, controller, internalTopics);
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
        gate.whenTopicExists(then);
    }

    /** The partition of {@code __consumer_offsets} a group belongs to; -1 while there is no such topic. */
    public int partitionOf(String groupId) {
        var topic = metadata.image().topic(TopicRules.CONSUMER_OFFSETS);
        return topic == null ? -1 : partitionOf(groupId, topic.partitionCount());
    }

    /** Whether the groups of a partition of {@code __consumer_offsets} are served here. */
    public boolean serves(int partition) {
        return shards.containsKey(partition);
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

    /**
     * The marker that ends a producer's transaction was written to a partition of {@code __consumer_offsets}. Inside that
     * partition's loop, in the turn that wrote it.
     */
    public void transactionEnded(int partition, long producerId, boolean commit) {
        var shard = shards.get(partition);
        if (shard != null) {
            shard.host().onWritten(new TransactionEnded(producerId, commit));
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
