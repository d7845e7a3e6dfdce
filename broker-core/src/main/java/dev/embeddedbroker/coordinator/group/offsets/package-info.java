/** Committed offsets: commit, fetch, delete, expiry (KIP-211), of groups of any protocol. */
@NullMarked
package dev.embeddedbroker.coordinator.group.offsets;

import org.jspecify.annotations.NullMarked;
