package dev.embeddedbroker.coordinator.group.offsets;

/**
 * From when the retention of a group's committed offsets counts (KIP-211).
 *
 * @param kind what is counted from
 * @param sinceMs the wall time of {@link Kind#GROUP_EMPTY_SINCE}
 */
public record ExpiryBasis(Kind kind, long sinceMs) {

    /** What can be counted from. */
    public enum Kind {
        /** Offsets stay as they are. */
        NEVER,
        /** Each offset from its own commit. */
        COMMIT_TIME,
        /** All offsets from the moment the last member was gone. */
        GROUP_EMPTY_SINCE
    }

    public static final ExpiryBasis NEVER = new ExpiryBasis(Kind.NEVER, -1);
    public static final ExpiryBasis COMMIT_TIME = new ExpiryBasis(Kind.COMMIT_TIME, -1);

    public static ExpiryBasis emptySince(long wallMs) {
        return new ExpiryBasis(Kind.GROUP_EMPTY_SINCE, wallMs);
    }
}
