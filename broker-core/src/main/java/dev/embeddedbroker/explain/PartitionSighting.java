package dev.embeddedbroker.explain;

/** What was seen of one reader in one partition. <b>Owner:</b> that reader's {@link ReaderSighting}, or whoever has a copy. */
final class PartitionSighting {

    static final long NEVER = -1;

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;

    long firstOffset = NEVER;
    long firstMs = NEVER;
    long offset = NEVER; // it asked for last
    long offsetMs = NEVER; // when it first asked for that
    long forgottenMs = NEVER;
    long deliveredMs = NEVER;
    long deliveredAt = NEVER; // the offset it asked for when it last got something
    int deliveredBytes;
    short error;
    long errorMs = NEVER;
    long errorOffset = NEVER;
    long askedMs = NEVER;
    long askedFor = 0; // the timestamp: LATEST, EARLIEST or another
    long told = NEVER;
    private boolean fetching;
    private boolean refused;

    void fetched(long at, long nowMs) {
        if (firstOffset == NEVER) {
            firstOffset = at;
            firstMs = nowMs;
        }
        if (at != offset) {
            offset = at;
            offsetMs = nowMs;
        }
        fetching = true;
    }

    void forgotten(long nowMs) {
        if (fetching) {
            forgottenMs = nowMs;
        }
        fetching = false;
    }

    void got(int bytes, short code, long nowMs) {
        if (bytes > 0) {
            deliveredMs = nowMs;
            deliveredAt = offset;
            deliveredBytes = bytes;
        }
        refused = code != 0;
        if (refused) {
            error = code;
            errorMs = nowMs;
            errorOffset = offset;
        }
    }

    void asks(long timestamp, long nowMs) {
        askedFor = timestamp;
        askedMs = nowMs;
    }

    void told(long answered) {
        told = answered;
    }

    boolean isFetching() {
        return fetching;
    }

    /** Whether the last answer about the partition was an error. */
    boolean isRefused() {
        return refused;
    }

    boolean askedForLatest() {
        return askedMs != NEVER && askedFor == LATEST;
    }

    boolean askedForEarliest() {
        return askedMs != NEVER && askedFor == EARLIEST;
    }

    PartitionSighting copy() {
        return new PartitionSighting().and(this);
    }

    /** Both, of a partition that was named in two ways: by name where it was looked up, by id where it was fetched. */
    PartitionSighting and(PartitionSighting other) {
        if (other.firstOffset != NEVER) {
            firstOffset = other.firstOffset;
            firstMs = other.firstMs;
            offset = other.offset;
            offsetMs = other.offsetMs;
            forgottenMs = other.forgottenMs;
            fetching = other.fetching;
        }
        if (other.deliveredMs != NEVER) {
            deliveredMs = other.deliveredMs;
            deliveredAt = other.deliveredAt;
            deliveredBytes = other.deliveredBytes;
        }
        if (other.errorMs != NEVER) {
            error = other.error;
            errorMs = other.errorMs;
            errorOffset = other.errorOffset;
            refused = other.refused;
        }
        if (other.askedMs != NEVER) {
            askedMs = other.askedMs;
            askedFor = other.askedFor;
            told = other.told;
        }
        return this;
    }
}
