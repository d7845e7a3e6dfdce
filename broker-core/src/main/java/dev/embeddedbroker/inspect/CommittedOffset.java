package dev.embeddedbroker.inspect;

/**
 * Where a group stands in one partition, as it last committed.
 *
 * @param leaderEpoch of the last record consumed; −1 if the client did not say
 * @param metadata what the client left with it; empty for nothing
 * @param committedAtMs when, in the broker's wall time
 */
public record CommittedOffset(
        String topic, int partition, long offset, int leaderEpoch, String metadata, long committedAtMs) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset + (metadata.isEmpty() ? "" : " \"" + metadata + "\"");
    }
}
