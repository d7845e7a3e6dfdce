package dev.embeddedbroker.config;

/** How much a setting matters to most users, in Kafka's three steps. */
public enum Importance {
    HIGH,
    MEDIUM,
    LOW
}
