package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import java.util.Set;

/** What the group machine can be asked. Each protocol's package has its own kinds; those of no protocol are here. */
public interface GroupCommand {

    /**
     * A request of the classic protocol, with what it takes to carry it out where the group speaks the consumer protocol;
     * answered as the request is.
     *
     * @param settings what holds for such a group of this id now
     * @param topics the topics there are now
     */
    record InContext(ClassicCommand request, ConsumerSettings settings, TopicCatalog topics) implements GroupCommand {}

    /** The groups of this shard, as ListGroups tells them; answered with a list of {@code ListedGroup}. */
    record ListGroups(Ticket ticket, Set<String> states, Set<String> types) implements GroupCommand {}

    /** Answered with a {@code DescribedGroup}. Since version 6 an unknown group is an error (KIP-1043). */
    record DescribeGroup(Ticket ticket, String groupId, short version) implements GroupCommand {}

    /** Deletes an empty group and its offsets; answered with an {@code ErrorCode}. */
    record DeleteGroup(Ticket ticket, String groupId) implements GroupCommand {}
}
