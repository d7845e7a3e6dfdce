package dev.embeddedbroker.partition;

/** How far a reader may see. */
public enum Isolation {
    /** To the end of the log: followers and replay. */
    LOG_END,
    /** To the high watermark: consumers that read uncommitted. */
    HIGH_WATERMARK,
    /** To the last stable offset: consumers that read committed (KIP-98). */
    LAST_STABLE;

    /** Whether requests may have this {@code isolationLevel}: 0 for uncommitted, 1 for committed. */
    public static boolean isKnown(byte isolationLevel) {
        return isolationLevel == 0 || isolationLevel == 1;
    }

    /** What a request of {@code replicaId} with this {@code isolationLevel} may see: followers everything. */
    public static Isolation of(int replicaId, byte isolationLevel) {
        if (replicaId >= 0) return LOG_END;
        return isolationLevel == 1 ? LAST_STABLE : HIGH_WATERMARK;
    }
}
