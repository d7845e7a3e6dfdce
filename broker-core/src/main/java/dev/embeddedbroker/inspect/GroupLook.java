package dev.embeddedbroker.inspect;

import dev.embeddedbroker.coordinator.group.GroupRouter;
import dev.embeddedbroker.coordinator.group.GroupSnapshot;
import dev.embeddedbroker.coordinator.host.ImageTopics;
import dev.embeddedbroker.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A group and what it has committed, in one turn of the loop that owns it. Immutable by habit.
 *
 * @param hasReadableMembers whether it can be told what the members subscribe to and have
 */
record GroupLook(GroupView group, SortedMap<TopicAndPartition, CommittedOffset> committed, boolean hasReadableMembers) {

    /** Those of the groups of a shard; on its loop. */
    static List<GroupLook> all(GroupRouter router, ClusterImage image) {
        var looks = new ArrayList<GroupLook>();
        router.groups().keySet().forEach(groupId -> looks.addAll(of(router, groupId, image)));
        return looks;
    }

    /** One group; none if there is no such group. On its loop. */
    static List<GroupLook> of(GroupRouter router, String groupId, ClusterImage image) {
        var group = router.group(groupId);
        if (group == null) {
            return List.of();
        }
        var snapshot = group.snapshot(new ImageTopics(image));
        var committed = new TreeMap<TopicAndPartition, CommittedOffset>();
        router.offsets()
                .ofGroup(groupId)
                .forEach((topic, partitions) -> partitions.forEach((partition, offset) -> committed.put(
                        new TopicAndPartition(topic, partition),
                        new CommittedOffset(
                                topic,
                                partition,
                                offset.offset(),
                                offset.leaderEpoch(),
                                offset.metadata(),
                                offset.commitMs()))));
        boolean isReadable = snapshot.members().stream().noneMatch(member -> member.assigned() == null);
        return List.of(new GroupLook(view(snapshot), committed, isReadable));
    }

    private static GroupView view(GroupSnapshot group) {
        var members = group.members().stream()
                .map(member -> new MemberView(
                        member.memberId(),
                        member.instanceId(),
                        member.clientId(),
                        member.clientHost(),
                        member.subscribed() == null ? new TreeSet<>() : new TreeSet<>(member.subscribed()),
                        member.assigned() == null ? new TreeSet<>() : partitions(member.assigned())))
                .toList();
        return new GroupView(
                group.groupId(),
                group.type().label(),
                group.state(),
                group.protocolType(),
                group.protocol(),
                group.generation(),
                group.isSettled() && !members.isEmpty(),
                members);
    }

    private static SortedSet<TopicAndPartition> partitions(Map<String, Set<Integer>> byTopic) {
        var all = new TreeSet<TopicAndPartition>();
        byTopic.forEach((topic, partitions) -> partitions.forEach(p -> all.add(new TopicAndPartition(topic, p))));
        return all;
    }

    /** The topics it is concerned with: those it subscribes to, has partitions of, or has committed offsets of. */
    SortedSet<String> topics() {
        var topics = new TreeSet<>(group.subscribed());
        group.members().forEach(member -> member.assigned().forEach(partition -> topics.add(partition.topic())));
        committed.keySet().forEach(partition -> topics.add(partition.topic()));
        return topics;
    }

    /** The members by the partitions they have. */
    Map<TopicAndPartition, MemberView> owners() {
        var owners = new TreeMap<TopicAndPartition, MemberView>();
        group.members().forEach(member -> member.assigned().forEach(partition -> owners.put(partition, member)));
        return owners;
    }
}
