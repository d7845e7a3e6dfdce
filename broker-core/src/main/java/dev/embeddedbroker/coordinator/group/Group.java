package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.offsets.ExpiryBasis;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.CommitOffsets;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group of any protocol, as far as offsets, listing and deletion need to know it. */
public interface Group {

    String groupId();

    GroupType type();

    /** The state's name, as ListGroups and DescribeGroups tell it. */
    String stateName();

    /** What the group's members have in common ("consumer", "connect", …); empty for a group that never had members. */
    String protocolType();

    /** Whether the group has no members, so that it may be deleted. */
    boolean isEmpty();

    /** The ids of the members. */
    default Collection<String> memberIds() {
        return List.of();
    }

    /** NONE when this commit is the group's own business, or an outsider's that a group without members allows. */
    ErrorCode checkCommit(CommitOffsets commit);

    /** NONE when a member that says it is of this id and epoch may fetch offsets (KIP-848; others say null and -1). */
    ErrorCode checkFetch(@Nullable String memberId, int memberEpoch);

    /** NONE when offsets of this group may be deleted. */
    ErrorCode checkDeleteOffsets();

    /** Whether the group is consuming this topic, so that its offsets must stay. */
    boolean subscribesTo(String topic);

    /** From when the retention of this group's offsets counts. */
    ExpiryBasis expiryBasis();

    /** What the group is now, for those who only look. */
    GroupSnapshot snapshot(TopicCatalog topics);
}
