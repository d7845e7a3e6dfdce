package dev.embeddedbroker.metadata;

/** A range of producer ids nobody else will be given. */
public record ProducerIdBlock(long first, int size) {

    /** How many ids Kafka gives a broker at a time. */
    public static final int SIZE = 1000;

    public long end() {
        return first + size;
    }
}
