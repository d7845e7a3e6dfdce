package dev.embeddedbroker.inspect;

import dev.embeddedbroker.partition.Partition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be awaited: for each, what one look at the broker comes to. */
final class Conditions {
    private Conditions() {}

    /** @param members how many there must be; −1 for any */
    static Verdict<GroupView> assigned(Looks looks, String groupId, int members, @Nullable String topic) {
        var states = new GroupStates(looks);
        var seen = states.look(groupId);
        if (seen.groups().isEmpty()) {
            return noGroup(looks, groupId, seen);
        }
        var look = seen.groups().get(0);
        var missing = new ArrayList<String>();
        int there = look.group().members().size();
        if (members >= 0 && there != members) {
            missing.add("group " + groupId + " has " + there + (there == 1 ? " member" : " members") + " (expected: "
                    + members + ")");
        }
        if (members != 0) {
            missing.addAll(states.missingAssignment(look, topic));
        }
        return missing.isEmpty()
                ? Verdict.reached(look.group())
                : Verdict.missing(missing, () -> look.group().toString());
    }

    static Verdict<GroupLag> consumed(Looks looks, String groupId, @Nullable String topic) {
        var states = new GroupStates(looks);
        var seen = states.look(groupId);
        if (seen.groups().isEmpty()) {
            return noGroup(looks, groupId, seen);
        }
        var look = seen.groups().get(0);
        Collection<String> topics = look.topics();
        if (topic == null ? topics.isEmpty() : !topics.contains(topic)) {
            return Verdict.missing(
                    "group " + groupId + " neither subscribes to " + (topic == null ? "any topic" : topic)
                            + " nor has committed an offset of it",
                    () -> look.group().toString());
        }
        // the group was looked at first: where its offset then is the end now, it was the end all the time in between
        var lag = states.lag(look, topic == null ? topics : List.of(topic));
        return lag.total() == 0 ? Verdict.reached(lag) : Verdict.missing(behind(lag), () -> lag + "\n" + look.group());
    }

    private static List<String> behind(GroupLag lag) {
        return lag.partitions().stream()
                .filter(partition -> partition.lag() > 0)
                .map(partition -> partition.topic() + "-" + partition.partition() + " has " + partition.lag()
                        + (partition.lag() == 1 ? " offset" : " offsets") + " that group " + lag.groupId()
                        + " has not committed")
                .toList();
    }

    static Verdict<CommittedOffset> committed(Looks looks, String groupId, TopicAndPartition place, long offset) {
        var states = new GroupStates(looks);
        var seen = states.look(groupId);
        if (seen.groups().isEmpty()) {
            return noGroup(looks, groupId, seen);
        }
        var look = seen.groups().get(0);
        var committed = look.committed().get(place);
        if (committed != null && committed.offset() >= offset) {
            return Verdict.reached(committed);
        }
        var lag = states.lag(look, new TreeSet<>(look.topics()));
        return Verdict.missing(
                "group " + groupId + " has committed "
                        + (committed == null ? "nothing" : Long.toString(committed.offset())) + " in " + place
                        + " (expected: " + offset + " or more)",
                () -> lag + "\n" + look.group());
    }

    private static <T> Verdict<T> noGroup(Looks looks, String groupId, GroupStates.Seen seen) {
        if (!seen.isLoaded()) {
            return Verdict.missing("the coordinator of group " + groupId + " still loads its log", () -> "");
        }
        var all = new GroupStates(looks)
                .lookAtAll().groups().stream()
                        .map(look -> look.group().groupId())
                        .toList();
        return Verdict.missing(
                "there is no group " + groupId + " (there are: " + (all.isEmpty() ? "none" : String.join(", ", all))
                        + ")",
                () -> "");
    }

    static Verdict<TopicView> topic(Looks looks, String name) {
        var topics = new TopicStates(looks);
        var image = looks.insides().metadata().image().topic(name);
        var partitions = image == null ? List.<Partition>of() : topics.partitions(image);
        if (image == null) {
            return noTopic(looks, name);
        }
        return partitions.size() == image.partitionCount()
                ? Verdict.reached(topics.view(image))
                : Verdict.missing(
                        partitions.size() + " of " + image.partitionCount() + " partitions of " + name
                                + " are ready, of which the others have no log that can be read",
                        () -> "");
    }

    private static <T> Verdict<T> noTopic(Looks looks, String name) {
        return Verdict.missing(
                "there is no topic " + name + " (there are: " + new GroupStates(looks).topicNames() + ")", () -> "");
    }

    static Verdict<List<StoredRecord>> records(Looks looks, String name, int wanted) {
        var topic = looks.insides().metadata().image().topic(name);
        if (topic == null) {
            return noTopic(looks, name);
        }
        var topics = new TopicStates(looks);
        var view = topics.view(topic);
        var selection = Selection.of(name);
        long most = view.partitions().stream()
                .mapToLong(partition -> partition.stableOffset() - partition.startOffset())
                .sum();
        long count = most < wanted ? -1 : topics.count(topic, selection);
        if (count >= wanted) {
            var records = topics.records(topic, selection);
            if (records.size() >= wanted) { // retention may have come in between
                return Verdict.reached(records);
            }
        }
        return Verdict.missing(
                name + " has " + (count < 0 ? "at most " + most : Long.toString(count))
                        + " records to consume (expected: " + wanted + " or more)",
                () -> shown(view));
    }

    private static String shown(TopicView topic) {
        return topic.partitions().stream()
                .map(partition -> "  " + partition)
                .collect(Collectors.joining("\n", "topic " + topic.name() + ":\n", ""));
    }

    static Verdict<List<TransactionView>> noOpenTransactions(Looks looks) {
        var open = new TransactionStates(looks).open();
        return open.isEmpty()
                ? Verdict.reached(open)
                : Verdict.missing(open.stream().map(txn -> "open: " + txn).toList(), () -> "");
    }

    /** Nobody has anything to do: see {@link Inspector#awaitQuiescent()}. */
    static Verdict<Boolean> quiescent(Looks looks) {
        var states = new GroupStates(looks);
        var seen = states.lookAtAll();
        var missing = new ArrayList<String>();
        var standing = new ArrayList<Supplier<String>>();
        if (!seen.isLoaded()) {
            missing.add("a group coordinator still loads its log");
        }
        for (var look : seen.groups()) {
            if (look.group().members().isEmpty()) {
                continue;
            }
            var short0 = new ArrayList<>(states.missingAssignment(look, null));
            var lag = states.lag(look, look.topics());
            short0.addAll(behind(lag));
            if (!short0.isEmpty()) {
                missing.addAll(short0);
                standing.add(() -> look.group() + "\n" + lag);
            }
        }
        noOpenTransactions(looks).missing().forEach(missing::add);
        return missing.isEmpty()
                ? Verdict.reached(true)
                : Verdict.missing(
                        missing, () -> standing.stream().map(Supplier::get).collect(Collectors.joining("\n")));
    }
}
