package dev.embeddedbroker.coordinator.group.offsets;

import dev.embeddedbroker.protocol.Uuid;

/**
 * Where a group stands in one partition.
 *
 * @param leaderEpoch of the last record consumed; -1 when the client did not say
 * @param expireMs when it expires, if its commit said so, as old clients could (before version 5); -1 otherwise
 * @param topicId of the topic it was committed for; ZERO when stored by a broker that did not keep it
 */
public record CommittedOffset(
        long offset, int leaderEpoch, String metadata, long commitMs, long expireMs, Uuid topicId) {

    static final long NO_EXPIRY = -1;

    boolean isExpired(ExpiryBasis basis, long nowMs, long retentionMs) {
        if (basis.kind() == ExpiryBasis.Kind.NEVER) {
            return false;
        }
        if (expireMs != NO_EXPIRY) {
            return nowMs >= expireMs;
        }
        long sinceMs = basis.kind() == ExpiryBasis.Kind.GROUP_EMPTY_SINCE ? basis.sinceMs() : commitMs;
        return nowMs - sinceMs >= retentionMs;
    }

    /** Whether it belongs to a topic of the same name that is not the one asked for. */
    boolean isOfAnother(Uuid askedFor) {
        return !topicId.equals(Uuid.ZERO) && !askedFor.equals(Uuid.ZERO) && !topicId.equals(askedFor);
    }
}
