package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.GroupEvent;

/** Passing events of classic groups. */
public sealed interface ClassicEvent extends GroupEvent {

    /**
     * A group came to be like this.
     *
     * @param because what brought it about, for those who ask why a group rebalanced
     */
    record Became(ClassicGroup group, String because) implements ClassicEvent {}
}
