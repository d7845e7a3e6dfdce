package dev.embeddedbroker.coordinator.group.assign;

import java.util.List;
import java.util.Map;

/** Decides which member of a group should have which partitions. Equal input, equal answer. */
public interface Assignor {

    /** The name members vote for it by. */
    String name();

    /** The new assignment by member id, given the topics there are; members left out get nothing. */
    Map<String, Assignment> assign(List<MemberSpec> members, TopicCatalog topics);
}
