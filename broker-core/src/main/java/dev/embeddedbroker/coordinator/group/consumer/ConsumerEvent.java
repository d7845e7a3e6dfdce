package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;

/** Passing events of consumer groups; all else that happens to them is kept. */
public sealed interface ConsumerEvent extends GroupEvent {

    String groupId();

    /** A group was looked through in the light of these topics. */
    record Checked(String groupId, TopicCatalog topics) implements ConsumerEvent {}

    /** A member is told what it is assigned. */
    record Told(String groupId, String memberId) implements ConsumerEvent {}

    /** A member says that it has all it is assigned. */
    record Took(String groupId, String memberId) implements ConsumerEvent {}
}
