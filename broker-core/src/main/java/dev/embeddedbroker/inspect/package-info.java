/**
 * Await and inspect: what a broker holds and where its groups are, read from the broker's own state without a client, and
 * waits that end when that state comes about. Knows no class of Kafka's.
 */
@NullMarked
package dev.embeddedbroker.inspect;

import org.jspecify.annotations.NullMarked;
