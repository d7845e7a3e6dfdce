package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Electing leaders on demand: the preferred one, or whoever is there, at the price of records (KIP-460). */
final class ElectionDecisions {

    private final ClusterImage image;
    private final boolean unclean;

    ElectionDecisions(ClusterImage image, boolean unclean) {
        this.image = image;
        this.unclean = unclean;
    }

    /** @param partitions null for all, of which those that need no election are left out of the answer */
    List<PartitionChoice.Outcome> elect(@Nullable List<PartitionChoice> partitions, List<Message> records) {
        var outcomes = new ArrayList<PartitionChoice.Outcome>();
        if (partitions != null) {
            for (var one : partitions) outcomes.add(elect(one.topic(), one.partition(), records));
            return outcomes;
        }
        for (var topic : image.topics()) {
            for (var partition : topic.partitions()) {
                var outcome = elect(topic.name(), partition.index(), records);
                if (outcome.result().error() != ErrorCode.ELECTION_NOT_NEEDED) outcomes.add(outcome);
            }
        }
        return outcomes;
    }

    private PartitionChoice.Outcome elect(String name, int index, List<Message> records) {
        var topic = image.topic(name);
        if (topic == null) {
            return outcome(
                    name, index, Result.refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + name));
        }
        if (index < 0 || index >= topic.partitionCount()) {
            return outcome(
                    name,
                    index,
                    Result.refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + name + "-" + index));
        }
        var partition = topic.partitions().get(index);
        int preferred = partition.replicas().get(0);
        if (unclean ? partition.hasLeader() : partition.leader() == preferred) {
            return outcome(name, index, Result.refused(ErrorCode.ELECTION_NOT_NEEDED));
        }
        var change = new PartitionChangeRecord().setTopicId(topic.id()).setPartitionId(index);
        var refusal = unclean ? electAnybody(partition, change) : electPreferred(partition, preferred, change);
        if (refusal != null) return outcome(name, index, Result.refused(refusal));
        records.add(change);
        return outcome(name, index, Result.OK);
    }

    private @Nullable ErrorCode electPreferred(PartitionImage partition, int preferred, PartitionChangeRecord change) {
        if (!isActive(preferred) || !partition.isr().contains(preferred)) {
            return ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE;
        }
        change.setLeader(preferred);
        return null;
    }

    private @Nullable ErrorCode electAnybody(PartitionImage partition, PartitionChangeRecord change) {
        for (int replica : partition.replicas()) {
            if (isActive(replica) && partition.isr().contains(replica)) {
                change.setLeader(replica);
                return null;
            }
        }
        for (int replica : partition.replicas()) {
            if (isActive(replica)) {
                change.setLeader(replica).setIsr(List.of(replica));
                return null;
            }
        }
        return ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE;
    }

    private boolean isActive(int id) {
        var broker = image.broker(id);
        return broker != null && broker.isActive();
    }

    private static PartitionChoice.Outcome outcome(String topic, int partition, Result result) {
        return new PartitionChoice.Outcome(topic, partition, result);
    }
}
