/**
 * Classes of the user's that implement interfaces of kafka-clients: found by name, called by reflection, so that we need no
 * Kafka class ourselves.
 */
@org.jspecify.annotations.NullMarked
package dev.embeddedbroker.plugin;
