package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.coordinator.txn.TxnSettings;

/** What the broker's settings say about transactions. */
final class TxnSettingsOf {
    private TxnSettingsOf() {}

    static TxnSettings config(BrokerConfig config) {
        return new TxnSettings(
                config.get(BrokerKeys.TRANSACTION_MAX_TIMEOUT_MS),
                config.get(BrokerKeys.TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS),
                config.get(BrokerKeys.TRANSACTIONAL_ID_EXPIRATION_MS),
                config.get(BrokerKeys.TRANSACTION_REMOVE_EXPIRED_TRANSACTION_CLEANUP_INTERVAL_MS),
                config.get(BrokerKeys.TRANSACTION_TWO_PHASE_COMMIT_ENABLE));
    }
}
