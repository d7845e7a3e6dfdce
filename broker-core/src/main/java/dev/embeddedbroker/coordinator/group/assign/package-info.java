/**
 * Server-side assignors (KIP-848): who of a group should have which partitions, given who subscribes to what and who was
 * meant to have what before. Pure functions; they know no group protocol.
 */
@NullMarked
package dev.embeddedbroker.coordinator.group.assign;

import org.jspecify.annotations.NullMarked;
