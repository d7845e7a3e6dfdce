package dev.embeddedbroker.storage.producer;

/**
 * One producer as DescribeProducers tells it.
 *
 * @param lastSequence −1 when unknown
 * @param coordinatorEpoch −1 before the first transaction marker
 * @param currentTxnFirstOffset −1 outside a transaction
 */
public record ProducerState(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnFirstOffset) {}
