package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.ErrorCode;

/** A request that cannot be granted: the answer is an error, and nothing of the decision so far happens. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    Refused(ErrorCode error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    ErrorCode error() {
        return error;
    }
}
