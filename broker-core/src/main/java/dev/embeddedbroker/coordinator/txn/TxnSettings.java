package dev.embeddedbroker.coordinator.txn;

/**
 * The broker's settings transactions go by, under Kafka's names.
 *
 * @param maxTimeoutMs {@code transaction.max.timeout.ms}
 * @param abortCheckIntervalMs {@code transaction.abort.timed.out.transaction.cleanup.interval.ms}
 * @param idExpirationMs {@code transactional.id.expiration.ms}
 * @param idExpirationCheckIntervalMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}
 * @param twoPhaseCommit {@code transaction.two.phase.commit.enable}
 */
public record TxnSettings(
        int maxTimeoutMs,
        int abortCheckIntervalMs,
        int idExpirationMs,
        int idExpirationCheckIntervalMs,
        boolean twoPhaseCommit) {

    /** Kafka's defaults. */
    public static TxnSettings defaults() {
        return new TxnSettings(900_000, 10_000, 604_800_000, 3_600_000, false);
    }
}
