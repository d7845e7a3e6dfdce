package dev.embeddedbroker.protocol;

import java.util.Objects;

/** The answer to a {@link Request} of the same kind. */
public interface Response extends Message {
    /** Its kind. */
    default ApiKey api() {
        return Objects.requireNonNull(ApiKey.forId(apiKey()));
    }
}
