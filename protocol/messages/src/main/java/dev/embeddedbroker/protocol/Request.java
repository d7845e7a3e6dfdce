package dev.embeddedbroker.protocol;

import java.util.Objects;

/** A message from a client. */
public interface Request extends Message {
    /** Its kind. */
    default ApiKey api() {
        return Objects.requireNonNull(ApiKey.forId(apiKey()));
    }
}
