package dev.embeddedbroker.config;

/** Whether a running broker takes a new value of a setting, and from whom (KIP-226). */
public enum UpdateMode {
    /** Read once at start. */
    READ_ONLY,
    /** May be set for one broker only. */
    PER_BROKER,
    /** May be set for one broker or as the default of all. */
    CLUSTER_WIDE
}
