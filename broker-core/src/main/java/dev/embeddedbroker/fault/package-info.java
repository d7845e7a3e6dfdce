/**
 * Faults on purpose: rules that keep requests from being served as they should, and prove that they did.
 *
 * <p>{@link dev.embeddedbroker.fault.Faults} is where to begin.
 */
@NullMarked
package dev.embeddedbroker.fault;

import org.jspecify.annotations.NullMarked;
