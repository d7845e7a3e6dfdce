package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Facts.MemberFacts;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.record.group.ConsumerProtocolAssignment;
import dev.embeddedbroker.protocol.record.group.ConsumerProtocolSubscription;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroupMember;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What consumers tell each other in the classic protocol. */
final class ClassicBytes {

    private ClassicBytes() {}

    static MemberFacts member(DescribedGroupMember member) {
        return new MemberFacts(
                member.memberId,
                new Client(member.clientId, member.clientHost),
                subscribed(member.memberMetadata),
                null,
                assigned(member.memberAssignment));
    }

    /** Null when it is not a consumer's, or not told while the group rebalances. */
    private static @Nullable SortedSet<String> subscribed(byte[] bytes) {
        if (bytes.length == 0) {
            return null;
        }
        try {
            var in = new WireReader(ByteBuffer.wrap(bytes));
            var message = new ConsumerProtocolSubscription();
            message.read(in, readable(in.readInt16(), message.highestSupportedVersion()));
            return new TreeSet<>(message.topics);
        } catch (MalformedMessage e) {
            return null;
        }
    }

    private static Map<String, Set<Integer>> assigned(byte[] bytes) {
        var assigned = new HashMap<String, Set<Integer>>();
        if (bytes.length == 0) {
            return assigned;
        }
        try {
            var in = new WireReader(ByteBuffer.wrap(bytes));
            var message = new ConsumerProtocolAssignment();
            message.read(in, readable(in.readInt16(), message.highestSupportedVersion()));
            message.assignedPartitions.forEach(topic -> assigned.computeIfAbsent(topic.topic, name -> new TreeSet<>())
                    .addAll(topic.partitions));
            return assigned;
        } catch (MalformedMessage e) {
            return assigned;
        }
    }

    private static short readable(short version, short highest) {
        return version > highest ? highest : version;
    }
}
