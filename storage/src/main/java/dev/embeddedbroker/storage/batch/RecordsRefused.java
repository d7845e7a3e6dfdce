package dev.embeddedbroker.storage.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer "these bytes are not written", with its reason. An expected outcome that senders can provoke at will, so it carries no stack trace.
 */
public final class RecordsRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RefusalReason reason;
    private final transient List<RecordError> recordErrors;

    public RecordsRefused(RefusalReason reason, String message) {
        this(reason, message, List.of());
    }

    public RecordsRefused(RefusalReason reason, String message, List<RecordError> recordErrors) {
        this(reason, message, recordErrors, null);
    }

    RecordsRefused(RefusalReason reason, String message, @Nullable Throwable cause) {
        this(reason, message, List.of(), cause);
    }

    private RecordsRefused(
            RefusalReason reason, String message, List<RecordError> recordErrors, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
        this.recordErrors = List.copyOf(recordErrors);
    }

    public RefusalReason reason() {
        return reason;
    }

    /** The records at fault, in batch order; empty when the batch as a whole was refused. */
    public List<RecordError> recordErrors() {
        return recordErrors;
    }
}
