/**
 * What clients may use of a broker, measured and held against their quotas (KIP-13, KIP-124, KIP-219, KIP-599, KIP-612):
 * arithmetic over times that are handed in.
 */
@NullMarked
package dev.embeddedbroker.quota;

import org.jspecify.annotations.NullMarked;
