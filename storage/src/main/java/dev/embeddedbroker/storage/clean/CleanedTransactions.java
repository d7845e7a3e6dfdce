package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The transactions that a walk through a log, from its start, is within: which batches were aborted, and which markers
 * have nothing left to mark.
 *
 * <p><b>Owner:</b> one walk.
 */
final class CleanedTransactions {
    private final PriorityQueue<AbortedTxn> ahead =
            new PriorityQueue<>(Comparator.comparingLong(AbortedTxn::firstOffset));
    private final Map<Long, Aborted> aborted = new HashMap<>();
    private final Set<Long> committed = new HashSet<>();

    private static final class Aborted {
        final AbortedTxn txn;
        boolean hasBatches;

        Aborted(AbortedTxn txn) {
            this.txn = txn;
        }
    }

    CleanedTransactions(List<AbortedTxn> abortedTxns) {
        ahead.addAll(abortedTxns);
    }

    /** Takes note of a batch of data; true when its transaction was aborted, so nobody may read it. */
    boolean passData(RecordBatchView batch) {
        startAbortedUpTo(batch.lastOffset());
        if (!batch.isTransactional()) {
            return false;
        }
        Aborted txn = aborted.get(batch.producerId());
        if (txn == null) {
            committed.add(batch.producerId());
            return false;
        }
        txn.hasBatches = true;
        return true;
    }

    /**
     * Takes note of a control batch; true when it marks the end of a transaction of which no batch is left.
     *
     * @param keptAbort is given the transaction when the marker is of an aborted one and has batches
     */
    boolean passControl(RecordBatchView batch, Consumer<AbortedTxn> keptAbort) {
        startAbortedUpTo(batch.lastOffset());
        ControlRecord.Type type;
        try (RecordCursor records = RecordCursor.over(batch)) {
            if (!records.next()) {
                return true; // an earlier compaction has emptied it
            }
            type = ControlRecord.read(records).type();
        }
        if (type == ControlRecord.Type.ABORT) {
            Aborted txn = aborted.remove(batch.producerId());
            if (txn == null || !txn.hasBatches) {
                return true;
            }
            keptAbort.accept(txn.txn);
            return false;
        }
        return type == ControlRecord.Type.COMMIT && !committed.remove(batch.producerId());
    }

    private void startAbortedUpTo(long offset) {
        while (!ahead.isEmpty() && ahead.peek().firstOffset() <= offset) {
            AbortedTxn txn = ahead.remove();
            aborted.putIfAbsent(txn.producerId(), new Aborted(txn));
        }
    }
}
