package dev.embeddedbroker.coordinator.group.assign;

import org.jspecify.annotations.Nullable;

/** An assignor of the user's could not assign. */
public final class AssignmentFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AssignmentFailed(String message) {
        this(message, null);
    }

    public AssignmentFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
