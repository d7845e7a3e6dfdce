package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.classic.Crossing;
import dev.embeddedbroker.coordinator.group.classic.Emigration;
import dev.embeddedbroker.coordinator.group.classic.Migrant;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a classic group turns into one of the consumer protocol (KIP-848): when a member that speaks that joins a group of
 * consumers. The generation becomes the epoch, what the leader assigned becomes the target, and everybody has it already.
 */
final class Upgrade {

    private Upgrade() {}

    /** The turn of the group as it is after going over; the one who brings it about is not in it yet. */
    static Turn turn(
            ClassicGroup group, ConsumerSettings settings, TopicCatalog topics, Crossing crossing, Moment now) {
        requireAllowed(group, settings, crossing);
        var emigration = emigration(group);
        var turn = new Turn(new ConsumerGroup(group.groupId()), topics, crossing, now);
        crossing.dissolve(group, turn.out());
        var members = members(emigration, topics);
        if (isAnythingAssignedTwice(members)) {
            throw refused(group, "a partition is assigned to two members.");
        }
        keep(turn, members, emigration.generation());
        emigration.members().forEach(migrant -> turn.watch(migrant.memberId(), migrant.sessionTimeoutMs()));
        return turn;
    }

    private static void requireAllowed(ClassicGroup group, ConsumerSettings settings, Crossing crossing) {
        if (!crossing.settings().migration().allowsUpgrade()) {
            throw refused(group, "online upgrade is disabled.");
        }
        if (!group.isOfConsumers()) {
            throw refused(group, "the group does not use the consumer embedded protocol.");
        }
        if (group.size() > settings.maxSize()) {
            throw refused(group, "the group size exceeds the consumer group maximum size.");
        }
    }

    private static Refused refused(ClassicGroup group, String reason) {
        return new Refused(
                ErrorCode.GROUP_ID_NOT_FOUND,
                "Cannot upgrade classic group " + group.groupId() + " to consumer group because " + reason);
    }

    private static Emigration emigration(ClassicGroup group) {
        Emigration emigration;
        try {
            emigration = Crossing.emigration(group);
        } catch (MalformedMessage e) {
            throw refused(group, "the embedded consumer protocol is malformed.");
        }
        if (emigration.hasUserData()) {
            throw refused(
                    group,
                    "an unsupported custom assignor is in use. Please refer to the documentation or switch to a "
                            + "default assignor before re-attempting the upgrade.");
        }
        return emigration;
    }

    private static List<ConsumerMember> members(Emigration emigration, TopicCatalog topics) {
        var members = new ArrayList<ConsumerMember>();
        for (Migrant migrant : emigration.members()) {
            var subscription = emigration.subscriptions().get(migrant.memberId());
            if (subscription == null) {
                throw new IllegalStateException("no subscription of member " + migrant.memberId());
            }
            members.add(ConsumerMember.fresh(migrant.memberId())
                    .described(
                            migrant.instanceId(),
                            subscription.rackId(),
                            migrant.rebalanceTimeoutMs(),
                            migrant.clientId(),
                            migrant.clientHost(),
                            subscription.topics(),
                            "",
                            null,
                            new ClassicTraits(migrant.sessionTimeoutMs(), migrant.protocols()))
                    .at(
                            emigration.generation(),
                            emigration.generation(),
                            MemberState.STABLE,
                            OwnedPartitions.of(byId(migrant.assigned(), topics), emigration.generation()),
                            OwnedPartitions.NONE));
        }
        return members;
    }

    /** A classic group's leader may assign as it likes; here a partition has one owner. */
    private static boolean isAnythingAssignedTwice(List<ConsumerMember> members) {
        var all = OwnedPartitions.NONE;
        int count = 0;
        for (ConsumerMember member : members) {
            all = all.plus(member.assigned());
            count += member.assigned().toAssignment().size();
        }
        return all.toAssignment().size() < count;
    }

    private static void keep(Turn turn, List<ConsumerMember> members, int generation) {
        String groupId = turn.groupId();
        members.forEach(member -> turn.keep(ConsumerRecords.member(groupId, member)));
        turn.keep(ConsumerRecords.epoch(groupId, generation, turn.metadataHash()));
        members.forEach(member -> turn.keep(ConsumerRecords.target(
                groupId, member.memberId(), member.assigned().toAssignment())));
        turn.keep(ConsumerRecords.target(groupId, generation, 0));
        members.forEach(member -> turn.keep(ConsumerRecords.current(groupId, member)));
    }

    /** Partitions by the ids of their topics; those of topics that are gone are left out. */
    static Assignment byId(Map<String, Set<Integer>> byName, TopicCatalog topics) {
        var byId = new HashMap<Uuid, Set<Integer>>();
        byName.forEach((name, indexes) -> {
            var topic = topics.topic(name);
            if (topic != null) {
                byId.put(topic.id(), indexes);
            }
        });
        return Assignment.of(byId);
    }
}
