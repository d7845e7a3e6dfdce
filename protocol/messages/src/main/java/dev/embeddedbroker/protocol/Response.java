package dev.embeddedbroker.protocol;

import java.util.Objects;

/** The answer to a {@link Request} of the same kind. */
public interface Response extends Message {
    /** Its kind. */
    default ApiKey api() {
        return Objects.requireNonNull(ApiKey.forId(apiKey()));
    }

    /**
     * Tells the client for how long its connection is not read (KIP-219). Most kinds have a field for it, and their own setter;
     * the others say nothing.
     */
    default Response setThrottleTimeMs(int throttleTimeMs) {
        return this;
    }
}
