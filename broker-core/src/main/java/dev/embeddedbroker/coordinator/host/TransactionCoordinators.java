package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.Effect;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.txn.Transactions;
import dev.embeddedbroker.coordinator.txn.TxnCodec;
import dev.embeddedbroker.coordinator.txn.TxnCommand;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AbortWithId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Again;
import dev.embeddedbroker.coordinator.txn.TxnCommand.LevelChanged;
import dev.embeddedbroker.coordinator.txn.TxnCommand.MarkersWritten;
import dev.embeddedbroker.coordinator.txn.TxnCommand.NeedsProducerId;
import dev.embeddedbroker.coordinator.txn.TxnEffect.FindProducerId;
import dev.embeddedbroker.coordinator.txn.TxnEffect.Resume;
import dev.embeddedbroker.coordinator.txn.TxnEffect.WriteMarkers;
import dev.embeddedbroker.coordinator.txn.TxnEvent;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.coordinator.txn.TxnSettings;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.Features;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.ProducerIds;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The transaction coordinators of this broker, one for each partition of {@code __transaction_state} it leads, and the way
 * to the one a transactional id belongs to. Any thread may ask; answers come on some loop.
 */
public final class TransactionCoordinators implements ImageListener {
    private final MetadataView metadata;
    private final Shards<TxnCommand, TxnEvent> shards;
    private final TxnSettings settings;
    private final ProducerIds producerIds;
    private final TxnMarkers markers;
    private volatile Runnable changed = () -> {};

    public TransactionCoordinators(
            MetadataView metadata,
            ControllerClient controller,
            InternalTopics internalTopics,
            TxnSettings settings,
            TxnMarkers markers) {
        this.metadata = metadata;
        this.shards = new Shards<>(TopicRules.TRANSACTION_STATE, metadata, controller, internalTopics);
        this.settings = settings;
        this.producerIds = new ProducerIds(controller);
        this.markers = markers;
    }

    // ---- coming and going of shards, on their loops ----

    /** This broker leads a partition of {@code __transaction_state}: its ids are served from now on. */
    public void start(int partition, CoordinatorLog log, int leaderEpoch) {
        var effects = new Effects(log.loop());
        var host = new CoordinatorHost<TxnCommand, TxnEvent>(
                log,
                () -> new Transactions(settings, leaderEpoch, level(metadata.image())),
                new TxnCodec(),
                effects::carryOut,
                timer -> timer,
                event -> {},
                () -> changed.run());
        effects.host = host;
        shards.start(partition, log.loop(), host);
    }

    /** This broker leads the partition no more: whoever waits is answered with {@code error}. */
    public void stop(int partition, ErrorCode error) {
        shards.stop(partition, error);
    }

    private static short level(ClusterImage image) {
        return image.feature(Features.TRANSACTION_VERSION);
    }

    /** What one machine wants done. <b>Owner:</b> its loop. */
    private final class Effects {
        private final Loop loop;
        private @Nullable CoordinatorHost<TxnCommand, TxnEvent> host;

        Effects(Loop loop) {
            this.loop = loop;
        }

        void carryOut(Effect effect) {
            if (effect instanceof WriteMarkers write) {
                markers.write(
                        loop,
                        write.marker(),
                        write.partitions(),
                        write.isRepeated(),
                        errors -> tell(new MarkersWritten(
                                write.transactionalId(),
                                write.marker().producerId(),
                                write.marker().epoch(),
                                errors.entrySet().stream().allMatch(e -> isOver(e.getKey(), e.getValue())))));
            } else if (effect instanceof FindProducerId find) {
                findProducerId(find);
            } else if (effect instanceof Resume resume) {
                tell(new Again(resume.command()));
            } else {
                throw new IllegalStateException("effect is " + effect + " (expected: one of transactions)");
            }
        }

        private void findProducerId(FindProducerId find) {
            var unused = producerIds.next().whenComplete((id, failure) -> {
                if (failure == null) {
                    loop.run(() -> tell(new AbortWithId(find.transactionalId(), find.producerId(), find.epoch(), id)));
                }
            });
        }

        private void tell(TxnCommand command) {
            if (host != null) {
                host.tell(command);
            }
        }
    }

    /** A marker is written, or needs no writing: its topic is gone, or the partition has met a later epoch. */
    private boolean isOver(TxnPartition partition, ErrorCode error) {
        return switch (error) {
            case NONE, INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED -> true;
            case UNKNOWN_TOPIC_OR_PARTITION -> metadata.image().topic(partition.topic()) == null;
            default -> false;
        };
    }

    // ---- looking ----

    /** Has {@code listener} run, on the loop of the shard, whenever a transaction may have become another. */
    public void onChange(Runnable listener) {
        changed = listener;
    }

    /** Has every shard looked at on its loop; empty for those that are not loaded. */
    public <T> void lookAtAll(Function<Transactions, T> look, Consumer<List<Optional<T>>> then) {
        shards.lookAtAll(machine -> look.apply((Transactions) machine), then);
    }

    // ---- finding ----

    /** Makes sure there is a {@code __transaction_state}, as {@link InternalTopicGate} does. */
    public void whenTopicExists(Consumer<ErrorCode> then) {
        shards.whenTopicExists(then);
    }

    /** The partition of {@code __transaction_state} an id belongs to; -1 while there is no such topic. */
    public int partitionOf(String transactionalId) {
        return shards.partitionOf(transactionalId);
    }

    /** Whether the ids of a partition of {@code __transaction_state} are served here. */
    public boolean serves(int partition) {
        return shards.serves(partition);
    }

    // ---- asking ----

    /**
     * Asks the machine an id belongs to. Exactly one of {@code answer} and {@code refuse} is run, once.
     *
     * @param refuse gets an error of a coordinator
     */
    public void ask(
            String transactionalId,
            Function<Ticket, TxnCommand> command,
            Consumer<Object> answer,
            Consumer<ErrorCode> refuse) {
        shards.ask(transactionalId, command, answer, error -> refuse.accept(StoreErrors.ofGroup(error)));
    }

    /**
     * Asks something that may need a producer id nobody has.
     *
     * @param command is given that id, or −1 as long as it is not known to be needed
     */
    public void askWithId(
            String transactionalId,
            BiFunction<Ticket, Long, TxnCommand> command,
            Consumer<Object> answer,
            Consumer<ErrorCode> refuse) {
        ask(
                transactionalId,
                ticket -> command.apply(ticket, -1L),
                first -> {
                    if (first == NeedsProducerId.YES) {
                        askAgain(transactionalId, command, answer, refuse);
                    } else {
                        answer.accept(first);
                    }
                },
                refuse);
    }

    private void askAgain(
            String transactionalId,
            BiFunction<Ticket, Long, TxnCommand> command,
            Consumer<Object> answer,
            Consumer<ErrorCode> refuse) {
        var unused = producerIds.next().whenComplete((id, failure) -> {
            if (failure != null) {
                refuse.accept(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
            } else {
                ask(transactionalId, ticket -> command.apply(ticket, id), answer, refuse);
            }
        });
    }

    /** Asks every machine of this broker, and hands their answers on together. */
    public void askAll(Function<Ticket, TxnCommand> command, Consumer<List<ShardAnswer>> then) {
        shards.askAll(command, then);
    }

    /** Machines go by the cluster's {@code transaction.version}; {@code done} runs when all know it. */
    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        short level = level(image);
        if (level == level(delta.before())) {
            done.run();
        } else {
            shards.tellAll(new LevelChanged(level), done);
        }
    }
}
