package dev.embeddedbroker.recorder;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The record batches in bytes of which not all may be there. */
final class Batches {

    private Batches() {}

    /** Those whose heads are there and sound; where bytes are missing, the rest is not told. */
    static List<RecordBatchView> of(@Nullable ByteBuffer records) {
        var found = new ArrayList<RecordBatchView>();
        if (records == null) {
            return found;
        }
        var bytes = records.slice();
        int at = 0;
        while (bytes.limit() - at >= RecordBatchView.RECORDS) {
            var batch = RecordBatchView.of(bytes, at);
            if (batch.magic() != RecordBatchView.CURRENT_MAGIC || batch.sizeBytes() < RecordBatchView.RECORDS) {
                break;
            }
            found.add(batch);
            if (batch.sizeBytes() > bytes.limit() - at) {
                break;
            }
            at += batch.sizeBytes();
        }
        return found;
    }

    /** How many records they are, as their batches say. */
    static int count(@Nullable ByteBuffer records) {
        return of(records).stream().mapToInt(RecordBatchView::recordCount).sum();
    }
}
