/**
 * The classic group protocol: JoinGroup, SyncGroup, Heartbeat, LeaveGroup. Members elect a protocol, a leader assigns
 * (what an assignment means is the members' own affair), everybody syncs. KIP-134 (initial delay), KIP-345 (static
 * members), KIP-394 (known member ids), KIP-559, KIP-800 (reasons), KIP-814 (a returning leader skips the assignment).
 */
@NullMarked
package dev.embeddedbroker.coordinator.group.classic;

import org.jspecify.annotations.NullMarked;
