package dev.embeddedbroker.coordinator.txn;

/** A partition that takes part in a transaction. */
public record TxnPartition(String topic, int partition) {

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
