package dev.embeddedbroker.api;

import dev.embeddedbroker.api.TransactionAdmission.Client;
import dev.embeddedbroker.api.TransactionAdmission.Ruling;
import dev.embeddedbroker.api.TransactionAdmission.Writer;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Verification;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A produce request's transaction: asks about the partitions it has not written to yet.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class ProduceTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(ProduceTransaction.class);

    private final TransactionAdmission admission;
    private final Writer writer;
    private final Client client;

    ProduceTransaction(TransactionAdmission admission, Writer writer, Client client) {
        this.admission = admission;
        this.writer = writer;
        this.client = client;
    }

    /** Marks the appends as verified, or refuses them, then runs {@code then}; both on {@code home}. */
    void admit(Loop home, List<ProduceAppend> appends, Runnable then) {
        var guards = new ArrayList<Guard>(appends.size());
        for (var append : appends) {
            var batch = append.partition() == null ? null : ProducedBatches.firstOf(append.records());
            if (batch != null && batch.isTransactional()) {
                guards.add(new Guard(append, batch.baseSequence()));
            }
        }
        OwnerCall.run(home, guards, () -> ask(home, guards, then));
    }

    private void ask(Loop home, List<Guard> guards, Runnable then) {
        Map<TxnPartition, Guard> first = new LinkedHashMap<>();
        for (var guard : guards) {
            if (guard.verification.error() != ErrorCode.NONE) {
                guard.append.refuse(guard.verification.error(), guard.verification.message());
                continue;
            }
            guard.append.verified(guard.verification.guard());
            var name = guard.name();
            if (guard.verification.guard() != 0 && name != null) {
                first.put(name, guard);
            }
        }
        if (first.isEmpty()) {
            then.run();
            return;
        }
        admission.ask(
                writer,
                client,
                Set.copyOf(first.keySet()),
                ruling -> home.run(() -> {
                    apply(ruling, first);
                    then.run();
                }));
    }

    private static void apply(Ruling ruling, Map<TxnPartition, Guard> to) {
        to.forEach((name, guard) -> {
            var obstacle = ruling.apply(name);
            if (obstacle != null) {
                guard.append.refuse(obstacle.error(), obstacle.message());
            }
        });
    }

    /** One partition's answer to whether the transaction is open there. <b>Owner:</b> as of {@link OwnerCall}'s items. */
    private final class Guard implements OwnerCall.Item {
        private final ProduceAppend append;
        private final int sequence;
        private Verification verification = new Verification(ErrorCode.UNKNOWN_SERVER_ERROR, null, 0);

        Guard(ProduceAppend append, int sequence) {
            this.append = append;
            this.sequence = sequence;
        }

        @Nullable
        TxnPartition name() {
            var partition = append.partition();
            return partition == null ? null : new TxnPartition(partition.topic(), partition.index());
        }

        @Override
        public @Nullable Loop owner() {
            return append.owner();
        }

        @Override
        public void work() {
            var partition = append.partition();
            if (partition != null) {
                verification = partition.verify(
                        writer.producerId(), writer.epoch(), sequence, client.hasEpochPerTransaction());
            }
        }

        @Override
        public void failed(Throwable cause) {
            LOG.error("A transaction could not be verified", cause);
        }
    }
}
