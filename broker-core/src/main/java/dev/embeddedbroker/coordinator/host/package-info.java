/**
 * Joins machines to the world: a {@link dev.embeddedbroker.coordinator.host.CoordinatorHost} runs one machine on its
 * partition's loop, log and timers, and {@link dev.embeddedbroker.coordinator.host.GroupCoordinators} finds the one that
 * a group id belongs to.
 */
@NullMarked
package dev.embeddedbroker.coordinator.host;

import org.jspecify.annotations.NullMarked;
