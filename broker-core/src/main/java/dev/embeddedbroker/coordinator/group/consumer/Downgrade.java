package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.Migrant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer group turns classic (KIP-848): when the last member that speaks the consumer protocol goes, and members
 * that speak the classic one are left. They are told to rebalance, and assign themselves again.
 */
final class Downgrade {

    private Downgrade() {}

    /** Turns the group classic if it is one of classic members without those who leave; false when it stays as it is. */
    static boolean afterLeaving(Turn turn, Collection<ConsumerMember> leaving) {
        var left = turn.group().members().stream()
                .filter(member -> !leaving.contains(member))
                .toList();
        if (left.isEmpty() || !isAllowed(turn, left)) {
            return false;
        }
        turn(turn, left, "members of the consumer protocol left");
        return true;
    }

    /** Whether the group turns classic because this member, speaking the classic protocol now, did not before. */
    static boolean isDueTo(Turn turn, @Nullable ConsumerMember before) {
        if (before == null || before.speaksClassic()) {
            return false;
        }
        var others = turn.before().members().stream()
                .filter(member -> !member.equals(before))
                .toList();
        return others.stream().allMatch(ConsumerMember::speaksClassic)
                && turn.crossing().settings().migration().allowsDowngrade()
                && turn.before().members().size() <= turn.crossing().settings().maxSize();
    }

    private static boolean isAllowed(Turn turn, List<ConsumerMember> left) {
        var settings = turn.crossing().settings();
        return left.stream().allMatch(ConsumerMember::speaksClassic)
                && settings.migration().allowsDowngrade()
                && left.size() <= settings.maxSize();
    }

    /** @param rebalanceReason why the members must rebalance; null when everybody has what it should */
    static void turn(Turn turn, Collection<ConsumerMember> members, @Nullable String rebalanceReason) {
        var migrants = new ArrayList<Migrant>();
        for (ConsumerMember member : members) {
            var classic = member.classic();
            if (classic == null) {
                throw new IllegalStateException("member " + member.memberId() + " of group " + turn.groupId()
                        + " does not speak the classic protocol");
            }
            migrants.add(new Migrant(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeoutMs(),
                    classic.sessionTimeoutMs(),
                    classic.protocols(),
                    byName(turn.group().target(member.memberId()), turn.topics())));
        }
        turn.end(turn.crossing()
                .immigration(turn.groupId(), turn.before().epoch(), migrants, rebalanceReason, turn.now()));
    }

    /** The partitions by the names of their topics; those of topics that are gone are left out. */
    static Map<String, Set<Integer>> byName(Assignment assignment, TopicCatalog topics) {
        var byName = new TreeMap<String, Set<Integer>>();
        assignment.partitions().forEach((id, indexes) -> {
            var topic = topics.topic(id);
            if (topic != null) {
                byName.put(topic.name(), indexes);
            }
        });
        return byName;
    }
}
