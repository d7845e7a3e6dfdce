/**
 * The consumer group protocol (KIP-848): members heartbeat, the broker assigns. A group has an epoch that moves with
 * every change of members, subscriptions or topics; a target assignment for an epoch; and members that get from what they
 * have to what they should have each at their own pace, giving up first what others are to get.
 */
@NullMarked
package dev.embeddedbroker.coordinator.group.consumer;

import org.jspecify.annotations.NullMarked;
