package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;

/** Errors of the transaction coordinator as producers of each age know them. */
final class TransactionErrors {

    private TransactionErrors() {}

    /** Producers that do not know PRODUCER_FENCED are told INVALID_PRODUCER_EPOCH (KIP-588). */
    static ErrorCode forVersion(ErrorCode error, short version, int fencedSince) {
        return error == ErrorCode.PRODUCER_FENCED && version < fencedSince ? ErrorCode.INVALID_PRODUCER_EPOCH : error;
    }
}
