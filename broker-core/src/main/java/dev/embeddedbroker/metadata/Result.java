package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** How one part of a command went: done, or refused with the protocol's code and a reason in Kafka's words. */
public record Result(ErrorCode error, @Nullable String message) {

    public static final Result OK = new Result(ErrorCode.NONE, null);

    /** A refusal in the code's own words. */
    public static Result refused(ErrorCode error) {
        return new Result(error, error.text());
    }

    public static Result refused(ErrorCode error, @Nullable String message) {
        return new Result(error, message);
    }

    public boolean isOk() {
        return error == ErrorCode.NONE;
    }
}
