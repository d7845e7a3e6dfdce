package dev.embeddedbroker.coordinator;

/**
 * A producer in whose transaction a machine's events are kept.
 *
 * @param guard what the log gave when the transaction's first write to it was verified (KIP-890); 0 where none is needed
 */
public record TxnProducer(long id, short epoch, long guard) {}
