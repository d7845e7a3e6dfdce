package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Cause.Kind;
import dev.embeddedbroker.explain.Facts.GroupFacts;
import dev.embeddedbroker.explain.Facts.MemberFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Causes that lie in who is in the group, and in what it subscribes to. */
final class MemberRules {

    private final Facts facts;
    private final Words words;
    private final List<Cause> causes = new ArrayList<>();

    MemberRules(Facts facts, Words words) {
        this.facts = facts;
        this.words = words;
    }

    List<Cause> apply() {
        var group = facts.group();
        boolean isReadByHand = facts.image() != null
                && facts.readers().stream()
                        .anyMatch(reader -> !reader.of(facts.image()).isEmpty())
                && (group == null || group.members().isEmpty());
        if (group == null) {
            if (!isReadByHand) noGroup();
        } else if (group.members().isEmpty()) {
            if (!isReadByHand || left()) noMembers(group);
        } else {
            if (!group.isStable()) rebalancing(group);
            subscriptions(group);
            assignment(group);
        }
        return causes;
    }

    private boolean left() {
        var seen = facts.seen();
        return seen != null && seen.left() != null;
    }

    private void noGroup() {
        var near = Nearest.of(facts.groupId(), facts.groups());
        causes.add(new Cause(
                Kind.GROUP_DOES_NOT_EXIST,
                98,
                "There is no group " + facts.groupId()
                        + near.map(name -> "; there is " + name + ", which may be what was meant.")
                                .orElse("."),
                List.of(
                        facts.groups().isEmpty()
                                ? "no group ever joined"
                                : "there are: " + String.join(", ", facts.groups())),
                near.map(name -> "compare the consumer's group.id with " + name + ".")
                        .orElse("did the consumer call subscribe() and poll()? It joins in poll().")));
    }

    private void noMembers(GroupFacts group) {
        var found = new ArrayList<String>();
        found.add("the group is " + group.state());
        var seen = facts.seen();
        if (seen != null && seen.left() != null) {
            found.add("the last to leave was " + seen.left().by() + " "
                    + words.at(seen.left().atMs()));
        }
        causes.add(new Cause(
                Kind.GROUP_HAS_NO_MEMBERS,
                97,
                "Nobody is in group " + facts.groupId() + ".",
                found,
                "did the consumer call poll(), or was it closed before the records came?"));
    }

    private void rebalancing(GroupFacts group) {
        var found = new ArrayList<String>();
        found.add("the group is " + group.state());
        var seen = facts.seen();
        for (var member : group.members()) {
            var heartbeat = seen == null ? null : seen.heartbeat(member.memberId());
            found.add(member.client() + " was last heard "
                    + (heartbeat == null ? "never as " + member.memberId() : words.at(heartbeat.atMs())));
        }
        causes.add(new Cause(
                Kind.REBALANCE_IN_PROGRESS,
                94,
                "Group " + facts.groupId()
                        + " is sharing out its partitions; until all members have taken part, or their"
                        + " time is up, nobody new gets any.",
                found,
                "a member that does not call poll() holds up the others until its max.poll.interval.ms, or until its session"
                        + " ends."));
    }

    private void subscriptions(GroupFacts group) {
        var names = new TreeSet<String>();
        var patterns = new TreeSet<String>();
        for (var member : group.members()) {
            if (member.subscribed() == null) return;
            names.addAll(member.subscribed());
            if (member.regex() != null && !member.regex().isEmpty()) patterns.add(member.regex());
        }
        boolean isAssigned =
                group.members().stream().anyMatch(member -> member.assigned().containsKey(facts.topicName()));
        if (names.contains(facts.topicName()) || isAssigned) return;
        var found = new ArrayList<String>();
        group.members()
                .forEach(member -> found.add(member.client() + " subscribes to "
                        + (member.regex() == null || member.regex().isEmpty()
                                ? member.subscribed()
                                : "the pattern " + member.regex())));
        found.add(words.produced(facts.topicName()));
        var near = Nearest.of(facts.topicName(), names);
        if (names.isEmpty() || !patterns.isEmpty()) {
            causes.add(new Cause(
                    Kind.SUBSCRIPTION_MATCHES_NOTHING,
                    96,
                    patterns.isEmpty()
                            ? "The members of group " + facts.groupId()
                                    + " subscribe to no topic that exists: a pattern" + " that no topic's name matches."
                            : "The pattern " + String.join(", ", patterns) + " does not match " + facts.topicName()
                                    + ".",
                    found,
                    "topics there are: " + String.join(", ", facts.topics().keySet())
                            + "; a consumer looks for new ones every metadata.max.age.ms."));
        } else {
            causes.add(new Cause(
                    Kind.SUBSCRIBED_TO_ANOTHER_TOPIC,
                    facts.image() == null ? 90 : 99,
                    "The members of group " + facts.groupId() + " do not subscribe to " + facts.topicName() + " but to "
                            + String.join(", ", names) + ".",
                    found,
                    near.map(name -> "is " + name + " a slip of the pen for " + facts.topicName() + "?")
                            .orElse("")));
        }
    }

    private void assignment(GroupFacts group) {
        var image = facts.image();
        if (image == null || !group.isStable()) return;
        var subscribers = group.members().stream()
                .filter(member -> member.subscribed() == null
                        || member.subscribed().contains(facts.topicName())
                        || member.assigned().containsKey(facts.topicName()))
                .toList();
        if (subscribers.isEmpty()) return;
        var nobodys = new ArrayList<String>();
        for (int i = 0; i < image.partitionCount(); i++) {
            int partition = i;
            if (subscribers.stream().noneMatch(member -> member.has(facts.topicName(), partition))) {
                nobodys.add(facts.place(i) + " is assigned to nobody");
            }
        }
        if (!nobodys.isEmpty()) {
            causes.add(new Cause(
                    Kind.NOT_ASSIGNED,
                    92,
                    "Partitions of " + facts.topicName() + " are assigned to nobody in group " + facts.groupId() + ".",
                    nobodys,
                    "members learn of a new topic or partition with their next metadata (metadata.max.age.ms)."));
        }
        idle(group, subscribers, image.partitionCount());
    }

    private void idle(GroupFacts group, List<MemberFacts> subscribers, int partitions) {
        var idle = subscribers.stream().filter(MemberFacts::hasNothing).toList();
        if (idle.isEmpty() || subscribers.size() <= partitions) return;
        var found = new ArrayList<String>();
        group.members()
                .forEach(member ->
                        found.add(member.client() + " has " + (member.hasNothing() ? "nothing" : member.assigned())));
        causes.add(new Cause(
                Kind.MORE_MEMBERS_THAN_PARTITIONS,
                75,
                facts.topicName() + " has " + (partitions == 1 ? "1 partition" : partitions + " partitions")
                        + ", and group "
                        + facts.groupId() + " " + subscribers.size() + " members: " + idle.size()
                        + (idle.size() == 1 ? " of them gets" : " of them get") + " nothing.",
                found,
                "more partitions, fewer consumers, or another group.id; is one of them left over from another test?"));
    }
}
