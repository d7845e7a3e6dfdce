package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Giving partitions other replicas (KIP-455, KIP-860). What those in sync allow is done at once; otherwise the partition
 * notes who is to come and who is to go.
 */
final class ReassignmentDecisions {

    private final ClusterImage image;
    private final TopicDecisions topics;
    private final PartitionRecords partitions;

    ReassignmentDecisions(ClusterImage image, TopicDecisions topics) {
        this.image = image;
        this.topics = topics;
        this.partitions = new PartitionRecords(image);
    }

    List<PartitionChoice.Outcome> reassign(ControllerCommand.Reassign command, List<Message> records) {
        var outcomes = new ArrayList<PartitionChoice.Outcome>();
        for (var wish : command.partitions()) {
            try {
                reassign(wish, command.otherCounts(), records);
                outcomes.add(new PartitionChoice.Outcome(wish.topic(), wish.partition(), Result.OK));
            } catch (Refusal refusal) {
                outcomes.add(new PartitionChoice.Outcome(wish.topic(), wish.partition(), refusal.result()));
            }
        }
        return outcomes;
    }

    private void reassign(PartitionChoice wish, boolean otherCounts, List<Message> records) throws Refusal {
        var topic = image.topic(wish.topic());
        if (topic == null) {
            throw new Refusal(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "Unable to find a topic named " + wish.topic() + ".");
        }
        if (wish.partition() < 0 || wish.partition() >= topic.partitionCount()) {
            throw new Refusal(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "Unable to find partition " + wish.topic() + ":" + wish.partition() + ".");
        }
        var partition = topic.partitions().get(wish.partition());
        var target = wish.replicas();
        if (target == null) {
            cancel(topic, partition, records);
            return;
        }
        topics.checkAssignment(target, 0);
        int present = partition.replicas().size() - partition.adding().size();
        if (!otherCounts && target.size() != present) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "The replication factor is changed from " + present + " to " + target.size());
        }
        var isr = without(partition.isr(), without(partition.replicas(), target));
        if (!isr.isEmpty() && isr.containsAll(target)) {
            write(topic.id(), partition, new Wanted(target, isr, List.of(), List.of()), records);
            return;
        }
        var removing = List.copyOf(new TreeSet<>(without(partition.replicas(), target)));
        var adding = List.copyOf(new TreeSet<>(without(target, partition.replicas())));
        var replicas = new ArrayList<>(target);
        replicas.addAll(removing);
        write(topic.id(), partition, new Wanted(replicas, partition.isr(), adding, removing), records);
    }

    private void cancel(TopicImage topic, PartitionImage partition, List<Message> records) throws Refusal {
        if (partition.adding().isEmpty() && partition.removing().isEmpty()) {
            throw new Refusal(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS.text());
        }
        var isr = without(partition.isr(), partition.adding());
        if (isr.isEmpty()) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "Unable to revert partition assignment for " + topic.name() + ":" + partition.index()
                            + " because it would require an unclean leader election.");
        }
        var replicas = without(partition.replicas(), partition.adding());
        write(topic.id(), partition, new Wanted(replicas, isr, List.of(), List.of()), records);
    }

    private record Wanted(List<Integer> replicas, List<Integer> isr, List<Integer> adding, List<Integer> removing) {}

    /** Writes what differs; nothing if nothing does. */
    private void write(Uuid topic, PartitionImage before, Wanted wanted, List<Message> records) {
        var change = new PartitionChangeRecord().setTopicId(topic).setPartitionId(before.index());
        boolean differs = false;
        if (!wanted.replicas().equals(before.replicas())) {
            differs = true;
            change.setReplicas(wanted.replicas());
            if (!before.directories().isEmpty()) {
                change.setDirectories(wanted.replicas().stream()
                        .map(replica -> before.replicas().contains(replica)
                                ? before.directoryOf(replica)
                                : partitions.directoryOn(replica))
                        .toList());
            }
        }
        if (!wanted.isr().equals(before.isr())) {
            differs = true;
            change.setIsr(wanted.isr());
        }
        if (!wanted.adding().equals(before.adding())) {
            differs = true;
            change.setAddingReplicas(wanted.adding());
        }
        if (!wanted.removing().equals(before.removing())) {
            differs = true;
            change.setRemovingReplicas(wanted.removing());
        }
        if (differs && before.hasLeader() && !wanted.isr().contains(before.leader())) {
            change.setLeader(wanted.isr().get(0));
        }
        if (differs) records.add(change);
    }

    private static List<Integer> without(List<Integer> all, List<Integer> some) {
        return all.stream().filter(one -> !some.contains(one)).toList();
    }
}
