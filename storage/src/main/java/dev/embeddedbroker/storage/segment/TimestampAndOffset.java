package dev.embeddedbroker.storage.segment;

/** Where a record is that a search by time found. */
public record TimestampAndOffset(long timestampMs, long offset, int leaderEpoch) {}
