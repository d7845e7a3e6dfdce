package dev.embeddedbroker.partition;

import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.log.LogOptions;

/**
 * The topic settings a partition goes by.
 *
 * @param log what its log goes by
 * @param minInsyncReplicas {@code min.insync.replicas}: with acks=-1, nothing is taken while the ISR is smaller
 */
public record PartitionSettings(LogOptions log, int minInsyncReplicas) {

    /** Whether {@code compression.type} is {@code zstd}, which clients before fetch v10 cannot read (KIP-110). */
    public boolean storesZstd() {
        return log.batches().compression() == Compression.ZSTD;
    }
}
