package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;

/** What became of a deletion of records: where the log starts now, and which offset was asked for. */
public record DeleteOutcome(ErrorCode error, long lowWatermark, long requestedOffset) {

    static DeleteOutcome failed(ErrorCode error) {
        return new DeleteOutcome(error, -1, -1);
    }
}
