package dev.embeddedbroker.inspect;

import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.PartitionNews;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where groups stand, and what they are short of.
 *
 * <p><b>Owner:</b> the thread that asks.
 */
final class GroupStates {
    private final Looks looks;

    GroupStates(Looks looks) {
        this.looks = looks;
    }

    /** What was seen of groups; not loaded while a coordinator still reads its log. */
    record Seen(List<GroupLook> groups, boolean isLoaded) {}

    /** The group, if there is one. */
    Seen look(String groupId) {
        var image = looks.insides().metadata().image();
        var coordinators = looks.insides().groups();
        if (coordinators.partitionOf(groupId) < 0) {
            return new Seen(List.of(), true); // no group has ever been
        }
        Optional<List<GroupLook>> seen = looks.ask(
                answer -> coordinators.lookAt(groupId, router -> GroupLook.of(router, groupId, image), answer::give));
        return new Seen(seen.orElse(List.of()), seen.isPresent());
    }

    /** All groups, in order of their ids. */
    Seen lookAtAll() {
        var image = looks.insides().metadata().image();
        List<Optional<List<GroupLook>>> shards = looks.ask(
                answer -> looks.insides().groups().lookAtAll(router -> GroupLook.all(router, image), answer::give));
        var all = shards.stream()
                .flatMap(Optional::stream)
                .flatMap(List::stream)
                .sorted(Comparator.comparing(look -> look.group().groupId()))
                .toList();
        return new Seen(all, shards.stream().allMatch(Optional::isPresent));
    }

    /** How far the group is behind in these topics. */
    GroupLag lag(GroupLook look, Collection<String> topics) {
        var owners = look.owners();
        var lags = looks.at(partitionsOf(topics), partition -> {
            var place = new TopicAndPartition(partition.topic(), partition.index());
            var owner = owners.get(place);
            return lag(partition, look.committed().get(place), owner == null ? null : owner.clientId());
        });
        return new GroupLag(look.group().groupId(), lags);
    }

    private static PartitionLag lag(Partition partition, @Nullable CommittedOffset committed, @Nullable String owner) {
        var scan = LogScan.of(partition);
        long stands = Math.max(scan.start(), committed == null ? 0 : committed.offset());
        long lag = stands < scan.stable() && scan.hasLeft(partition, stands) ? scan.stable() - stands : 0;
        return new PartitionLag(
                committed == null ? OptionalLong.empty() : OptionalLong.of(committed.offset()),
                new PartitionOffsets(partition.topic(), partition.index(), scan.start(), scan.stable(), scan.end()),
                lag,
                owner);
    }

    private List<Partition> partitionsOf(Collection<String> topics) {
        var partitions = new ArrayList<Partition>();
        for (String name : new TreeSet<>(topics)) {
            var topic = looks.insides().metadata().image().topic(name);
            for (int i = 0; topic != null && i < topic.partitionCount(); i++) {
                var partition = looks.insides().partitions().find(name, i);
                if (partition != null) {
                    partitions.add(partition);
                }
            }
        }
        return partitions;
    }

    /** What a group is short of to have all partitions of its topics; nothing when it has them, and reads them. */
    List<String> missingAssignment(GroupLook look, @Nullable String onlyTopic) {
        var group = look.group();
        if (group.members().isEmpty()) {
            return List.of("nobody is a member of group " + group.groupId());
        }
        var missing = new ArrayList<String>();
        if (!group.isStable()) {
            missing.add("group " + group.groupId() + " is " + group.state() + ", or still awaits a member");
        }
        if (!look.hasReadableMembers()) {
            return missing; // no consumers: what they share out among themselves is theirs to know
        }
        SortedSet<String> topics = group.subscribed();
        if (onlyTopic != null && !topics.contains(onlyTopic)) {
            missing.add("nobody in group " + group.groupId() + " subscribes to " + onlyTopic + ", but to " + topics);
            return missing;
        }
        if (topics.isEmpty()) {
            missing.add("nobody in group " + group.groupId() + " subscribes to any topic that exists");
        }
        for (String topic : onlyTopic == null ? topics : List.of(onlyTopic)) {
            addMissing(look, topic, missing);
        }
        return missing.isEmpty() ? missingReaders(look, onlyTopic) : missing;
    }

    private void addMissing(GroupLook look, String topic, List<String> missing) {
        TopicImage image = looks.insides().metadata().image().topic(topic);
        if (image == null) {
            missing.add(topic + " is subscribed to, but there is no such topic (there are: " + topicNames() + ")");
            return;
        }
        var owners = look.owners();
        IntStream.range(0, image.partitionCount())
                .mapToObj(i -> new TopicAndPartition(topic, i))
                .filter(partition -> !owners.containsKey(partition))
                .forEach(partition -> missing.add(partition + " is assigned to nobody"));
    }

    /** The names of the topics that are not Kafka's own, in a line. */
    String topicNames() {
        var names = looks.insides().metadata().image().topics().stream()
                .filter(topic -> !topic.isInternal())
                .map(TopicImage::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }

    /*
     * Where nothing is committed, a consumer looks for the start or the end of the log after it was assigned. A record
     * written before it has done so is lost on one that starts at the end. So it counts as assigned when it has.
     */
    private List<String> missingReaders(GroupLook look, @Nullable String onlyTopic) {
        var owners = look.owners();
        owners.keySet().removeAll(look.committed().keySet());
        owners.keySet().removeIf(place -> onlyTopic != null && !place.topic().equals(onlyTopic));
        var partitions = new ArrayList<Partition>();
        for (var place : owners.keySet()) {
            var partition = looks.insides().partitions().find(place.topic(), place.partition());
            if (partition != null) {
                partitions.add(partition);
            }
        }
        var missing = new ArrayList<String>();
        looks.at(partitions, partition -> {
                    var member = owners.get(new TopicAndPartition(partition.topic(), partition.index()));
                    boolean isRead = member == null
                            || partition
                                    .news()
                                    .hasReader(PartitionNews.clientName(member.clientHost(), member.clientId()));
                    return isRead
                            ? ""
                            : partition + " is assigned to " + (member == null ? "" : member.clientId())
                                    + ", which has not found out where to start yet (does it poll?)";
                })
                .forEach(line -> {
                    if (!line.isEmpty()) missing.add(line);
                });
        return missing;
    }
}
