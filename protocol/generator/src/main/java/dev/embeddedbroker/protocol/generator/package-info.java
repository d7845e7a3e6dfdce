/** The build-time program that turns Apache Kafka's JSON message schemas into the classes of the {@code protocol} module. */
package dev.embeddedbroker.protocol.generator;
