package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A refusal on its way up to the part of the command it refuses; it never leaves the machine. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Result result;

    Refusal(ErrorCode error, @Nullable String message) {
        super(message, null, false, false);
        this.result = Result.refused(error, message);
    }

    Result result() {
        return result;
    }
}
