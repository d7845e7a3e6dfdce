package dev.embeddedbroker.storage.batch;

/** Why records were refused; every constant is named as the Kafka error code a client is answered with. */
public enum RefusalReason {
    CORRUPT_MESSAGE,
    MESSAGE_TOO_LARGE,
    INVALID_RECORD,
    INVALID_TIMESTAMP,
    UNSUPPORTED_FOR_MESSAGE_FORMAT,
    UNSUPPORTED_COMPRESSION_TYPE,
    RECORD_LIST_TOO_LARGE,
    OUT_OF_ORDER_SEQUENCE_NUMBER,
    INVALID_PRODUCER_EPOCH,
    UNKNOWN_PRODUCER_ID,
    DUPLICATE_SEQUENCE_NUMBER,
    INVALID_TXN_STATE,
    TRANSACTION_COORDINATOR_FENCED,
    KAFKA_STORAGE_ERROR
}
