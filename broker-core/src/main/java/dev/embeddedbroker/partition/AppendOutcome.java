package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.RecordError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one append.
 *
 * @param message why it failed, if there is more to say than {@code error} does
 * @param firstOffset offset of its first record, or -1
 * @param lastOffset offset of its last record, or -1
 * @param appendTimeMs the time the log stamped on it, or -1 if it kept the producer's
 * @param startOffset the log's start, or -1 if unknown
 * @param recordErrors the records it was refused for (KIP-467)
 */
public record AppendOutcome(
        ErrorCode error,
        @Nullable String message,
        long firstOffset,
        long lastOffset,
        long appendTimeMs,
        long startOffset,
        List<RecordError> recordErrors) {

    public static AppendOutcome failed(ErrorCode error, @Nullable String message) {
        return new AppendOutcome(error, message, -1, -1, -1, -1, List.of());
    }

    public boolean isAppended() {
        return error == ErrorCode.NONE;
    }
}
