package dev.embeddedbroker.assertj;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.inspect.GroupView;
import dev.embeddedbroker.inspect.MemberView;
import dev.embeddedbroker.inspect.TopicAndPartition;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;

/** Assertions on a group. */
public final class GroupAssert extends AbstractAssert<GroupAssert, EmbeddedBroker> {
    private final String id;

    GroupAssert(EmbeddedBroker broker, String id) {
        super(broker, GroupAssert.class);
        this.id = id;
    }

    private GroupView group() {
        return actual.inspect().group(id).orElseThrow(() -> {
            var ids = actual.inspect().groups().stream().map(GroupView::groupId).toList();
            return failure(
                    "%nExpecting a group %s, but there are:%n  %s",
                    id, ids.isEmpty() ? "none" : String.join(", ", ids));
        });
    }

    /** There is such a group. */
    public GroupAssert exists() {
        group();
        return this;
    }

    /** It has members, no rebalance is on and nobody is awaited. */
    public GroupAssert isStable() {
        var group = group();
        if (!group.isStable()) {
            throw failure("%nExpecting group %s to be stable, but it is not:%n%s", id, group);
        }
        return this;
    }

    /** It is in the state of that name of Kafka's. */
    public GroupAssert isInState(String state) {
        var group = group();
        if (!group.state().equals(state)) {
            throw failure("%nExpecting group %s to be %s, but it is %s:%n%s", id, state, group.state(), group);
        }
        return this;
    }

    /** It has exactly so many members. */
    public GroupAssert hasMembers(int count) {
        var group = group();
        if (group.members().size() != count) {
            throw failure(
                    "%nExpecting group %s to have %s members, but it has %s:%n%s",
                    id, count, group.members().size(), group);
        }
        return this;
    }

    /** It is not behind in any partition of its topics; see {@link dev.embeddedbroker.inspect.PartitionLag#lag}. */
    public GroupAssert hasNoLag() {
        return hasLag(0);
    }

    /** It is so far behind, over all partitions of its topics. */
    public GroupAssert hasLag(long total) {
        group();
        var lag = actual.inspect().lag(id);
        if (lag.total() != total) {
            throw failure("%nExpecting group %s to have a lag of %s, but:%n%s", id, total, lag);
        }
        return this;
    }

    /** It has committed exactly this offset. */
    public GroupAssert hasCommitted(String topic, int partition, long offset) {
        var all = actual.inspect().committed(id);
        var committed = all.get(new TopicAndPartition(topic, partition));
        if (committed == null || committed.offset() != offset) {
            throw failure(
                    "%nExpecting group %s to have committed %s in %s-%s, but it has %s there. All it has committed:%n%s",
                    id,
                    offset,
                    topic,
                    partition,
                    committed == null ? "nothing" : committed.offset(),
                    all.isEmpty() ? "  nothing" : lines(List.copyOf(all.values())));
        }
        return this;
    }

    /** It has committed nothing in any partition. */
    public GroupAssert hasCommittedNothing() {
        var all = actual.inspect().committed(id);
        if (!all.isEmpty()) {
            throw failure(
                    "%nExpecting group %s to have committed nothing, but:%n%s", id, lines(List.copyOf(all.values())));
        }
        return this;
    }

    /** Goes on with AssertJ's own assertions on its members. */
    public ListAssert<MemberView> members() {
        return Assertions.assertThat(group().members()).as("members of group " + id);
    }

    static String lines(List<?> things) {
        return things.stream().map(thing -> "  " + thing).collect(Collectors.joining("\n"));
    }
}
