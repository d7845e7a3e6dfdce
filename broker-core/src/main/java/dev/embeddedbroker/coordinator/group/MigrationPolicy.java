package dev.embeddedbroker.coordinator.group;

import java.util.Locale;

/** Which way groups may go between the classic and the consumer protocol: {@code group.consumer.migration.policy}. */
public enum MigrationPolicy {
    DISABLED(false, false),
    DOWNGRADE(false, true),
    UPGRADE(true, false),
    BIDIRECTIONAL(true, true);

    private final boolean allowsUpgrade;
    private final boolean allowsDowngrade;

    MigrationPolicy(boolean allowsUpgrade, boolean allowsDowngrade) {
        this.allowsUpgrade = allowsUpgrade;
        this.allowsDowngrade = allowsDowngrade;
    }

    /**
     * The policy of this name, in letters of any case.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static MigrationPolicy named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Whether a classic group may become one of the consumer protocol. */
    public boolean allowsUpgrade() {
        return allowsUpgrade;
    }

    /** Whether a group of the consumer protocol may become a classic one. */
    public boolean allowsDowngrade() {
        return allowsDowngrade;
    }
}
