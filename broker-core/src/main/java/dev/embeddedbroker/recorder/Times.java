package dev.embeddedbroker.recorder;

import dev.embeddedbroker.time.Clock;
import dev.embeddedbroker.time.Moment;
import java.time.Instant;

/** Turns what a clock's {@code nanos} were into times of day. Immutable. */
final class Times {

    private final Moment now;

    Times(Clock clock) {
        now = clock.now();
    }

    Instant at(long nanos) {
        return Instant.ofEpochMilli(now.wallMs()).plusNanos(nanos - now.nanos());
    }
}
