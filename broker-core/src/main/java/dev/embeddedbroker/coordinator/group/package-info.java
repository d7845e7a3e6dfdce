/**
 * The group coordinator's machine: the groups and committed offsets of one partition of {@code __consumer_offsets}. Each
 * group protocol has its own package; {@link dev.embeddedbroker.coordinator.group.GroupRouter} is the one file that knows
 * them all.
 */
@NullMarked
package dev.embeddedbroker.coordinator.group;

import org.jspecify.annotations.NullMarked;
