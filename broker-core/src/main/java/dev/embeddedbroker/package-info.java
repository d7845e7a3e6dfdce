/**
 * The public API of Embedded Broker: a Kafka-compatible broker inside this process.
 *
 * <p>Most users need {@link dev.embeddedbroker.EmbeddedBroker} alone.
 */
@NullMarked
package dev.embeddedbroker;

import org.jspecify.annotations.NullMarked;
