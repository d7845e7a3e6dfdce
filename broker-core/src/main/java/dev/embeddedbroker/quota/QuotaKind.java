package dev.embeddedbroker.quota;

/** What of a client's use has a quota; the names of the constants are those of Kafka's {@code ClientQuotaType}. */
public enum QuotaKind {
    /** Bytes of Produce requests a second (KIP-13). */
    PRODUCE("producer_byte_rate"),
    /** Bytes of Fetch answers a second (KIP-13). */
    FETCH("consumer_byte_rate"),
    /** Percent of one thread's time (KIP-124). */
    REQUEST("request_percentage"),
    /** Partitions created or deleted a second (KIP-599). */
    CONTROLLER_MUTATION("controller_mutation_rate");

    private final String setting;

    QuotaKind(String setting) {
        this.setting = setting;
    }

    /** The quota's name in AlterClientQuotas. */
    public String setting() {
        return setting;
    }
}
