package dev.embeddedbroker.storage.producer;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import org.jspecify.annotations.Nullable;

/** What a control batch says about a transaction. */
record TxnMarker(boolean aborted, int coordinatorEpoch, long timestampMs) {

    /** The marker of a control batch, or null when compaction has emptied it or it is of another kind. */
    static @Nullable TxnMarker of(RecordBatchView batch) {
        try (RecordCursor records = RecordCursor.over(batch)) {
            if (!records.next()) {
                return null;
            }
            ControlRecord control = ControlRecord.read(records);
            return control.endsTransaction()
                    ? new TxnMarker(
                            control.type() == ControlRecord.Type.ABORT,
                            control.coordinatorEpoch(),
                            records.timestampMs())
                    : null;
        }
    }
}
