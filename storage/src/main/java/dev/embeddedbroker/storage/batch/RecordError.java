package dev.embeddedbroker.storage.batch;

/**
 * What is wrong with one record of a refused batch (KIP-467).
 *
 * @param batchIndex the record's place in its batch, from 0
 * @param message what was found and what was expected
 */
public record RecordError(int batchIndex, String message) {}
