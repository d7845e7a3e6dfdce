package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.Machine;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The machines of one internal topic, one for each of its partitions that this broker leads, and the way to the one an id
 * belongs to. Any thread may ask; answers come on the partition's loop.
 *
 * @param <C> the machines' commands
 * @param <E> the machines' events
 */
final class Shards<C, E> {
    private final String topic;
    private final MetadataView metadata;
    private final InternalTopicGate gate;
    private final Map<Integer, Shard<C, E>> shards = new ConcurrentHashMap<>();

    private record Shard<C, E>(Loop loop, CoordinatorHost<C, E> host) {}

    Shards(String topic, MetadataView metadata, ControllerClient controller, InternalTopics internalTopics) {
        this.topic = topic;
        this.metadata = metadata;
        this.gate = new InternalTopicGate(topic, metadata, controller, internalTopics);
    }

    // ---- coming and going, on the partitions' loops ----

    /** This broker leads the partition: its ids are served from now on. */
    void start(int partition, Loop loop, CoordinatorHost<C, E> host) {
        stop(partition, ErrorCode.NOT_COORDINATOR);
        shards.put(partition, new Shard<>(loop, host));
        host.start();
    }

    /** This broker leads the partition no more: whoever waits is answered with {@code error}. */
    void stop(int partition, ErrorCode error) {
        var shard = shards.remove(partition);
        if (shard != null) {
            shard.host().stop(error);
        }
    }

    /** Whether the ids of a partition are served here. */
    boolean serves(int partition) {
        return shards.containsKey(partition);
    }

    // ---- finding ----

    /** Kafka's formula, so that an id's log is where Kafka looks for it. */
    static int partitionOf(String id, int partitions) {
        int hash = id.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    /** The partition an id belongs to; -1 while there is no such topic. */
    int partitionOf(String id) {
        var image = metadata.image().topic(topic);
        return image == null ? -1 : partitionOf(id, image.partitionCount());
    }

    /** Makes sure there is the topic, as {@link InternalTopicGate} does. */
    void whenTopicExists(Consumer<ErrorCode> then) {
        gate.whenTopicExists(then);
    }

    /** The machine an id belongs to, to be looked at, if this is its loop and it is loaded. */
    @Nullable
    Machine<C, E> machineHere(String id) {
        var shard = shards.get(partitionOf(id));
        return shard == null || !shard.loop().isInside() || !shard.host().isActive()
                ? null
                : shard.host().machine();
    }

    // ---- asking ----

    /**
     * Asks the machine an id belongs to. Exactly one of {@code answer} and {@code refuse} is run, once.
     *
     * @param refuse gets an error of a coordinator, or one of the log when something could not be written
     */
    void ask(String id, Function<Ticket, C> command, Consumer<Object> answer, Consumer<ErrorCode> refuse) {
        whenTopicExists(error -> {
            var shard = error == ErrorCode.NONE ? shards.get(partitionOf(id)) : null;
            if (shard != null) {
                ask(shard, command, answer, refuse);
            } else {
                refuse.accept(error == ErrorCode.NONE ? ErrorCode.NOT_COORDINATOR : error);
            }
        });
    }

    private void ask(
            Shard<C, E> shard, Function<Ticket, C> command, Consumer<Object> answer, Consumer<ErrorCode> refuse) {
        try {
            shard.loop().run(() -> shard.host().ask(command, answer, refuse));
        } catch (RejectedExecutionException loopHasEnded) {
            refuse.accept(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
    }

    /** Asks every machine of this broker, and hands their answers on together. */
    void askAll(Function<Ticket, C> command, Consumer<List<ShardAnswer>> then) {
        forEach(
                ShardAnswer.NONE,
                then,
                (shard, put) -> ask(
                        shard,
                        command,
                        answer -> put.accept(new ShardAnswer(ErrorCode.NONE, answer)),
                        error -> put.accept(new ShardAnswer(error, null))));
    }

    /** Tells every machine of this broker something; {@code done} runs when all know it. */
    void tellAll(C command, Runnable done) {
        if (shards.isEmpty()) {
            done.run();
            return;
        }
        forEach(Boolean.FALSE, all -> done.run(), (shard, put) -> shard.loop().run(() -> {
            shard.host().tell(command);
            put.accept(Boolean.TRUE);
        }));
    }

    /** Has something read from every machine that this broker has, inside their loops, and hands it on by partition. */
    <T> void readAll(Function<CoordinatorHost<C, E>, T> read, T blank, Consumer<Map<Integer, T>> then) {
        var partitions = List.copyOf(shards.keySet());
        var gather = new Gather<>(partitions.size(), blank, all -> {
            var byPartition = new HashMap<Integer, T>();
            for (int i = 0; i < all.size(); i++) {
                byPartition.put(partitions.get(i), all.get(i));
            }
            then.accept(byPartition);
        });
        for (int i = 0; i < partitions.size(); i++) {
            int index = i;
            var shard = shards.get(partitions.get(i));
            if (shard == null) {
                gather.put(index, blank);
            } else {
                shard.loop().run(() -> gather.put(index, read.apply(shard.host())));
            }
        }
    }

    /** Has every machine of this broker looked at on its loop; empty where it is not loaded, or its loop has ended. */
    <T> void lookAtAll(Function<Machine<C, E>, T> look, Consumer<List<Optional<T>>> then) {
        forEach(Optional.empty(), then, (shard, put) -> lookAt(shard, look, put));
    }

    /** Has the machine an id belongs to looked at on its loop; empty as in {@link #lookAtAll}, and if there is none. */
    <T> void lookAt(String id, Function<Machine<C, E>, T> look, Consumer<Optional<T>> then) {
        var shard = shards.get(partitionOf(id));
        if (shard == null) {
            then.accept(Optional.empty());
        } else {
            lookAt(shard, look, then);
        }
    }

    private <T> void lookAt(Shard<C, E> shard, Function<Machine<C, E>, T> look, Consumer<Optional<T>> then) {
        try {
            shard.loop()
                    .run(() -> then.accept(
                            shard.host().isActive()
                                    ? Optional.of(look.apply(shard.host().machine()))
                                    : Optional.empty()));
        } catch (RejectedExecutionException loopHasEnded) {
            then.accept(Optional.empty());
        }
    }

    private <T> void forEach(T blank, Consumer<List<T>> then, BiConsumer<Shard<C, E>, Consumer<T>> visit) {
        var all = List.copyOf(shards.values());
        var gather = new Gather<>(all.size(), blank, then);
        for (int i = 0; i < all.size(); i++) {
            int index = i;
            visit.accept(all.get(i), part -> gather.put(index, part));
        }
    }

    /** Somebody else wrote to a partition, as {@link CoordinatorHost#onWritten} says. Inside that partition's loop. */
    void onWritten(int partition, E event) {
        var shard = shards.get(partition);
        if (shard != null) {
            shard.host().onWritten(event);
        }
    }
}
