package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.RefusalReason;
import java.util.EnumMap;
import java.util.Map;

/** The one place where storage's reasons to refuse records become protocol errors: by name. */
final class Refusals {

    private static final Map<RefusalReason, ErrorCode> ERRORS = new EnumMap<>(RefusalReason.class);

    static {
        for (var reason : RefusalReason.values()) {
            ERRORS.put(reason, ErrorCode.valueOf(reason.name()));
        }
    }

    private Refusals() {}

    static ErrorCode errorOf(RefusalReason reason) {
        return ERRORS.getOrDefault(reason, ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    /** Whether Kafka names the log's start beside this error, so that idempotent producers can tell lost records. */
    static boolean tellsStartOffset(ErrorCode error) {
        return switch (error) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, CORRUPT_MESSAGE, KAFKA_STORAGE_ERROR -> false;
            default -> true;
        };
    }
}
