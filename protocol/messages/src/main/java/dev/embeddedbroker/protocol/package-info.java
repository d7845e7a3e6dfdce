/**
 * Kafka's wire protocol: one class per message with public fields, generated from Apache Kafka's own schemas, and the
 * hand-written primitives under them.
 *
 * <p>Start at {@link dev.embeddedbroker.protocol.ApiKey} for requests and responses, at {@link
 * dev.embeddedbroker.protocol.WireReader} and {@link dev.embeddedbroker.protocol.WireWriter} for bytes.
 */
package dev.embeddedbroker.protocol;
