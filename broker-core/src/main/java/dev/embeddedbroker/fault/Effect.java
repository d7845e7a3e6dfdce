package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;

/** How a verdict is carried out. Called on the connection's loop. */
@FunctionalInterface
interface Effect {

    /** Carries it out on a request. */
    void on(MatchedRequest request);

    /** Whether it turns out only later if there is something to strike: then {@link #on} asks the request whether it is. */
    default boolean strikesLater(ApiKey api) {
        return false;
    }
}
