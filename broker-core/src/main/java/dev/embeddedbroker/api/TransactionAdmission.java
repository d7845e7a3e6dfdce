package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.txn.Txn;
import dev.embeddedbroker.coordinator.txn.TxnCommand;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AddPartitions;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Verified;
import dev.embeddedbroker.coordinator.txn.TxnCommand.VerifyPartitions;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a transaction may write to partitions it has not written to: asked of its coordinator before the write
 * (KIP-890). Clients of {@code transaction.version} 2 have the partitions added by this very question.
 */
public final class TransactionAdmission {
    private final BooleanSupplier verifies;
    private final Coordinators coordinators;

    /** @param verifies {@code transaction.partition.verification.enable} */
    public TransactionAdmission(BooleanSupplier verifies, Coordinators coordinators) {
        this.verifies = verifies;
        this.coordinators = coordinators;
    }

    /** The way to a transactional id's coordinator. */
    @FunctionalInterface
    public interface Coordinators {
        /** As {@link dev.embeddedbroker.coordinator.host.TransactionCoordinators#ask}. */
        void ask(
                String transactionalId,
                Function<Ticket, TxnCommand> command,
                Consumer<Object> answer,
                Consumer<ErrorCode> refuse);
    }

    /** What the version of a request says about the client that sent it. */
    enum Client {
        /** It knows no error made for this; verification failures must look like old ones. */
        OLD,
        /** It knows TRANSACTION_ABORTABLE. */
        KNOWS_ABORTABLE,
        /** It leaves it to the broker to add partitions, and gets an epoch with each transaction. */
        ADDS_IMPLICITLY;

        static Client ofProduce(short version) {
            return version >= 12 ? ADDS_IMPLICITLY : version >= 11 ? KNOWS_ABORTABLE : OLD;
        }

        static Client ofTxnOffsetCommit(short version) {
            return version >= 5 ? ADDS_IMPLICITLY : version >= 4 ? KNOWS_ABORTABLE : OLD;
        }

        boolean hasEpochPerTransaction() {
            return this == ADDS_IMPLICITLY;
        }
    }

    /** A producer in a transaction. */
    record Writer(String transactionalId, long producerId, short epoch) {}

    /** Why a write is not admitted. */
    record Obstacle(ErrorCode error, @Nullable String message) {}

    /** Tells of each partition why it is not admitted. */
    interface Ruling extends Function<TxnPartition, @Nullable Obstacle> {}

    /** What takes the ruling, on some loop. */
    interface Then {
        void rule(Ruling ruling);
    }

    /** Whether clients of this kind are asked about at all: {@code transaction.partition.verification.enable}. */
    boolean isNeeded(Client client) {
        return client.hasEpochPerTransaction() || verifies.getAsBoolean();
    }

    void ask(Writer writer, Client client, Set<TxnPartition> partitions, Then then) {
        coordinators.ask(
                writer.transactionalId(),
                ticket -> client.hasEpochPerTransaction()
                        ? new AddPartitions(
                                ticket,
                                writer.transactionalId(),
                                writer.producerId(),
                                writer.epoch(),
                                partitions,
                                Txn.EPOCH_PER_TRANSACTION)
                        : new VerifyPartitions(
                                ticket, writer.transactionalId(), writer.producerId(), writer.epoch(), partitions),
                answer -> then.rule(ruling(answer, client)),
                error -> then.rule(partition -> obstacle(error, client)));
    }

    private static Ruling ruling(Object answer, Client client) {
        if (answer instanceof Verified verified) {
            return partition -> obstacle(
                    verified.missing().contains(partition) ? ErrorCode.TRANSACTION_ABORTABLE : verified.error(),
                    client);
        }
        var obstacle = obstacle((ErrorCode) answer, client);
        return partition -> obstacle;
    }

    /** The coordinator's error as one that the writer's client knows what to do about. */
    private static @Nullable Obstacle obstacle(ErrorCode error, Client client) {
        return switch (error) {
            case NONE -> null;
            case PRODUCER_FENCED -> new Obstacle(ErrorCode.INVALID_PRODUCER_EPOCH, null);
            case TRANSACTION_ABORTABLE ->
                client == Client.OLD ? notAdded() : new Obstacle(ErrorCode.TRANSACTION_ABORTABLE, null);
            case INVALID_TXN_STATE -> notAdded();
            case CONCURRENT_TRANSACTIONS ->
                client.hasEpochPerTransaction() ? new Obstacle(error, null) : tryAgain(error);
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> tryAgain(error);
            default -> new Obstacle(error, null);
        };
    }

    private static Obstacle notAdded() {
        return new Obstacle(ErrorCode.INVALID_TXN_STATE, "Partition was not added to the transaction");
    }

    /** An error that makes every producer try again, and does not make it ask for metadata. */
    private static Obstacle tryAgain(ErrorCode cause) {
        return new Obstacle(
                ErrorCode.NOT_ENOUGH_REPLICAS,
                "Unable to verify the partition has been added to the transaction. Underlying error: " + cause);
    }
}
