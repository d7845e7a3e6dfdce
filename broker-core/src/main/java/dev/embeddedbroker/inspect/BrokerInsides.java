package dev.embeddedbroker.inspect;

import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.partition.Partitions;
import java.util.function.Consumer;

/**
 * What of a running broker is looked at. The broker's wiring makes it.
 *
 * @param changes is told of every change by the others
 */
public record BrokerInsides(
        LoopGroup loops,
        MetadataView metadata,
        Partitions partitions,
        GroupCoordinators groups,
        TransactionCoordinators transactions,
        Changes changes) {

    /** The insides of a broker, with all of them telling {@code changes}; before the first partition is opened. */
    public static BrokerInsides of(
            LoopGroup loops,
            MetadataView metadata,
            Partitions partitions,
            GroupCoordinators groups,
            TransactionCoordinators transactions,
            Changes changes) {
        partitions.onChange(changes::partitionChanged);
        groups.onChange(changes::changed);
        transactions.onChange(changes::changed);
        return new BrokerInsides(loops, metadata, partitions, groups, transactions, changes);
    }

    /**
     * Asks the broker's loops something and waits for what is answered; not on one of them.
     *
     * @param question must see to it that what it is given is given an answer, on whatever thread
     * @throws IllegalStateException if the broker ends meanwhile, or does not answer in time
     */
    public <T> T ask(Consumer<Consumer<T>> question) {
        try {
            return new Looks(this, System.nanoTime() + Inspector.ANSWER_LIMIT.toNanos())
                    .<T>ask(answer -> question.accept(answer::give));
        } catch (Changes.BrokerEnded | Looks.NoAnswer e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
