package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.protocol.record.group.GroupMetadataKey;
import dev.embeddedbroker.protocol.record.group.GroupMetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A classic group as a record of {@code __consumer_offsets}. */
public final class ClassicRecords {
    /** Kafka 4.4 writes version 3: older brokers can then read the log too. */
    static final short VALUE_VERSION = 3;

    private ClassicRecords() {}

    /** The group with its members and their assignments; its protocol must have been chosen if it has members. */
    static Kept of(ClassicGroup group) {
        var members = new ArrayList<GroupMetadataValue.MemberMetadata>(group.size());
        for (ClassicMember member : group.members()) {
            members.add(new GroupMetadataValue.MemberMetadata()
                    .setMemberId(member.memberId())
                    .setGroupInstanceId(member.instanceId())
                    .setClientId(member.clientId())
                    .setClientHost(member.clientHost())
                    .setRebalanceTimeout(member.rebalanceTimeoutMs())
                    .setSessionTimeout(member.sessionTimeoutMs())
                    .setSubscription(member.metadata(group.protocol()))
                    .setAssignment(member.assignment()));
        }
        return new Kept(
                key(group.groupId()),
                new GroupMetadataValue()
                        .setProtocolType(group.protocolType())
                        .setGeneration(group.generation())
                        .setProtocol(group.protocol())
                        .setLeader(group.leader())
                        .setCurrentStateTimestamp(group.stateSinceMs())
                        .setMembers(members),
                VALUE_VERSION);
    }

    /** A group that was just created and has no members yet. */
    static Kept created(String groupId, long nowMs) {
        return of(new ClassicGroup(groupId, nowMs));
    }

    /** The group is gone. */
    public static Kept tombstone(String groupId) {
        return Kept.tombstone(key(groupId));
    }

    /** The group a record tells of. */
    public static ClassicGroup group(GroupMetadataKey key, GroupMetadataValue value) {
        var group = new ClassicGroup(key.group, value.currentStateTimestamp);
        group.restore(
                value.generation,
                value.protocolType.isEmpty() ? null : value.protocolType,
                value.protocol,
                value.leader);
        String protocol = Objects.requireNonNullElse(value.protocol, "");
        for (var m : value.members) {
            int rebalanceTimeoutMs = m.rebalanceTimeout == -1 ? m.sessionTimeout : m.rebalanceTimeout;
            group.add(
                    new ClassicMember(
                            m.memberId,
                            m.groupInstanceId,
                            m.clientId,
                            m.clientHost,
                            rebalanceTimeoutMs,
                            m.sessionTimeout,
                            List.of(new SpokenProtocol(protocol, m.subscription)),
                            m.assignment,
                            null,
                            null,
                            false),
                    value.protocolType);
        }
        group.restored();
        return group;
    }

    private static GroupMetadataKey key(String groupId) {
        return new GroupMetadataKey().setGroup(groupId);
    }
}
