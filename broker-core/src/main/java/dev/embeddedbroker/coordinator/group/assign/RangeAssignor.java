package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts each topic into ranges, one for each subscriber, the first ones longer by one where it does not come out even. The
 * subscribers are in the same order for every topic, static members first: so equal partitions of equally subscribed
 * topics of equal size go to the same member.
 */
final class RangeAssignor implements Assignor {
    static final String NAME = "range";

    private static final Comparator<@Nullable String> STATIC_FIRST = Comparator.nullsLast(Comparator.naturalOrder());

    private static final Comparator<MemberSpec> ORDER = (a, b) -> {
        int byInstance = STATIC_FIRST.compare(a.instanceId(), b.instanceId());
        return byInstance != 0 ? byInstance : a.memberId().compareTo(b.memberId());
    };

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
        var byTopic = new TreeMap<Uuid, List<String>>();
        members.stream().sorted(ORDER).forEach(member -> member.topics()
                .forEach(topic ->
                        byTopic.computeIfAbsent(topic, t -> new ArrayList<>()).add(member.memberId())));
        var shares = new HashMap<String, Map<Uuid, Set<Integer>>>();
        byTopic.forEach((topic, subscribers) -> {
            int count = partitionCount.applyAsInt(topic);
            for (int i = 0; i < subscribers.size(); i++) {
                int from = startOf(i, count, subscribers.size());
                int to = startOf(i + 1, count, subscribers.size());
                shares.computeIfAbsent(subscribers.get(i), m -> new HashMap<>())
                        .put(topic, IntStream.range(from, to).boxed().collect(Collectors.toSet()));
            }
        });
        var assignment = new HashMap<String, Assignment>();
        shares.forEach((memberId, share) -> assignment.put(memberId, Assignment.of(share)));
        return assignment;
    }

    /** Where the range of the {@code i}-th of {@code subscribers} begins: those before it have one each of the surplus. */
    private static int startOf(int i, int partitions, int subscribers) {
        return i * (partitions / subscribers) + Math.min(i, partitions % subscribers);
    }
}
