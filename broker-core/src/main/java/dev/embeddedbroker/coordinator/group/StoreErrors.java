package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.protocol.ErrorCode;

/** What a client of a group coordinator is told when something could not be written to {@code __consumer_offsets}. */
public final class StoreErrors {

    private StoreErrors() {}

    /** Errors of the log as errors of a coordinator: what to try again, and where. */
    public static ErrorCode ofGroup(ErrorCode ofLog) {
        return switch (ofLog) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> ofLog;
        };
    }

    /** As {@link #ofGroup}; a commit learns that it is too large. */
    public static ErrorCode ofCommit(ErrorCode ofLog) {
        return switch (ofLog) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> ErrorCode.INVALID_COMMIT_OFFSET_SIZE;
            default -> ofGroup(ofLog);
        };
    }
}
