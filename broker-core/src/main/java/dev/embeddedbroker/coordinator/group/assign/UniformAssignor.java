package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * Gives everybody about as many partitions, and takes away no more than that needs.
 *
 * <ul>
 *   <li>Members that subscribe to the same topics end up at most one partition apart, and as few partitions as possible
 *       change hands.
 *   <li>Otherwise nobody could give any of its partitions to another subscriber of the topic who has two fewer.
 * </ul>
 */
final class UniformAssignor implements Assignor {
    static final String NAME = "uniform";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(List<MemberSpec> members, TopicCatalog topics) {
        return assign(members, (ToIntFunction<Uuid>) topics::partitionCount);
    }

    /** @param partitionCount how many partitions a topic that is subscribed to has */
    Map<String, Assignment> assign(List<MemberSpec> members, ToIntFunction<Uuid> partitionCount) {
        if (members.isEmpty()) {
            return Map.of();
        }
        var shares = keep(members, partitionCount);
        var free = free(shares, members, partitionCount);
        if (members.stream().allMatch(m -> m.topics().equals(members.get(0).topics()))) {
            EvenShares.level(shares, free);
        } else {
            SubscribedShares.level(shares, free);
        }
        var assignment = new HashMap<String, Assignment>();
        shares.forEach(share -> assignment.put(share.memberId(), share.toAssignment()));
        return assignment;
    }

    /** Everybody keeps what it had, as far as it still exists and is subscribed to. */
    private static List<Share> keep(List<MemberSpec> members, ToIntFunction<Uuid> partitionCount) {
        Set<Partition> taken = new HashSet<>();
        return members.stream()
                .map(member -> {
                    var share = new Share(member);
                    member.before().partitions().forEach((topic, indexes) -> {
                        if (member.topics().contains(topic)) {
                            int count = partitionCount.applyAsInt(topic);
                            for (int index : indexes) {
                                var partition = new Partition(topic, index);
                                if (index < count && taken.add(partition)) {
                                    share.add(partition);
                                }
                            }
                        }
                    });
                    return share;
                })
                .toList();
    }

    private static List<Partition> free(
            List<Share> shares, List<MemberSpec> members, ToIntFunction<Uuid> partitionCount) {
        var all = new TreeSet<Partition>();
        members.stream().flatMap(member -> member.topics().stream()).distinct().forEach(topic -> {
            for (int index = partitionCount.applyAsInt(topic) - 1; index >= 0; index--) {
                all.add(new Partition(topic, index));
            }
        });
        shares.forEach(share -> share.partitions().forEach(all::remove));
        return List.copyOf(all);
    }
}
