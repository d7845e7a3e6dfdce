package dev.embeddedbroker.config;

/** Transactions and idempotent producers. */
interface TransactionKeys {
    KeyGroup ALL_TRANSACTION = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> TRANSACTION_STATE_LOG_MIN_ISR = ALL_TRANSACTION
            .ofInt("transaction.state.log.min.isr", 2)
            .atLeast(1)
            .high()
            .effective()
            .doc("In-sync replicas a write to the transaction topic needs.");
    ConfigKey<Integer> TRANSACTION_STATE_LOG_LOAD_BUFFER_SIZE = ALL_TRANSACTION
            .ofInt("transaction.state.log.load.buffer.size", 5_242_880)
            .atLeast(1)
            .high()
            .doc("Bytes read at once when transactions are loaded.");
    ConfigKey<Short> TRANSACTION_STATE_LOG_REPLICATION_FACTOR = ALL_TRANSACTION
            .ofShort("transaction.state.log.replication.factor", 3)
            .atLeast(1)
            .high()
            .effective()
            .doc("Replicas of the transaction topic.");
    ConfigKey<Integer> TRANSACTION_STATE_LOG_NUM_PARTITIONS = ALL_TRANSACTION
            .ofInt("transaction.state.log.num.partitions", 50)
            .atLeast(1)
            .high()
            .effective()
            .doc("Partitions of the transaction topic.");
    ConfigKey<Integer> TRANSACTION_STATE_LOG_SEGMENT_BYTES = ALL_TRANSACTION
            .ofInt("transaction.state.log.segment.bytes", 104_857_600)
            .atLeast(1)
            .high()
            .effective()
            .doc("Segment size of the transaction topic.");
    ConfigKey<Boolean> TRANSACTION_PARTITION_VERIFICATION_ENABLE = ALL_TRANSACTION
            .ofBoolean("transaction.partition.verification.enable", true)
            .low()
            .clusterWide()
            .effective()
            .doc("A write must belong to a transaction the coordinator knows (KIP-890).");
    ConfigKey<Integer> PRODUCER_ID_EXPIRATION_MS = ALL_TRANSACTION
            .ofInt("producer.id.expiration.ms", 86_400_000)
            .atLeast(1)
            .low()
            .clusterWide()
            .effective()
            .doc("Idle time after which a partition forgets a producer.");
    ConfigKey<Integer> PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS = ALL_TRANSACTION
            .ofInt("producer.id.expiration.check.interval.ms", 600_000)
            .atLeast(1)
            .low()
            .internal()
            .effective()
            .doc("Time between checks for producers to forget.");
    ConfigKey<Integer> TRANSACTIONAL_ID_EXPIRATION_MS = ALL_TRANSACTION
            .ofInt("transactional.id.expiration.ms", 604_800_000)
            .atLeast(1)
            .high()
            .effective()
            .doc("Idle time after which a transactional id is forgotten.");
    ConfigKey<Integer> TRANSACTION_MAX_TIMEOUT_MS = ALL_TRANSACTION
            .ofInt("transaction.max.timeout.ms", 900_000)
            .atLeast(1)
            .high()
            .effective()
            .doc("Longest transaction a producer may ask for.");
    ConfigKey<Integer> TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS = ALL_TRANSACTION
            .ofInt("transaction.abort.timed.out.transaction.cleanup.interval.ms", 10_000)
            .atLeast(1)
            .low()
            .effective()
            .doc("Time between checks for transactions to abort.");
    ConfigKey<Integer> TRANSACTION_REMOVE_EXPIRED_TRANSACTION_CLEANUP_INTERVAL_MS = ALL_TRANSACTION
            .ofInt("transaction.remove.expired.transaction.cleanup.interval.ms", 3_600_000)
            .atLeast(1)
            .low()
            .effective()
            .doc("Time between checks for transactional ids to forget.");
    ConfigKey<Boolean> TRANSACTION_TWO_PHASE_COMMIT_ENABLE = ALL_TRANSACTION
            .ofBoolean("transaction.two.phase.commit.enable", false)
            .low()
            .effective()
            .doc("Transactions may wait for a coordinator outside (KIP-939).");
    ConfigKey<Integer> ADD_PARTITIONS_TO_TXN_RETRY_BACKOFF_MAX_MS = ALL_TRANSACTION
            .ofInt("add.partitions.to.txn.retry.backoff.max.ms", 100)
            .atLeast(0)
            .high()
            .doc("Longest wait for an earlier transaction of the producer to end.");
    ConfigKey<Integer> ADD_PARTITIONS_TO_TXN_RETRY_BACKOFF_MS = ALL_TRANSACTION
            .ofInt("add.partitions.to.txn.retry.backoff.ms", 20)
            .atLeast(1)
            .high()
            .doc("Pause between looks at an earlier transaction of the producer.");
}
