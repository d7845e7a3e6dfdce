package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;

/** An offset somebody looked up, with the timestamp and leader epoch there; each -1 if there is none. */
public record OffsetOutcome(ErrorCode error, long timestampMs, long offset, int leaderEpoch) {

    static OffsetOutcome failed(ErrorCode error) {
        return new OffsetOutcome(error, -1, -1, -1);
    }

    static OffsetOutcome none() {
        return failed(ErrorCode.NONE);
    }
}
