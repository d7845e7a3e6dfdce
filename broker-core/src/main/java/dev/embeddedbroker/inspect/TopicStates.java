package dev.embeddedbroker.inspect;

import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Topics, and what is in them.
 *
 * <p><b>Owner:</b> the thread that asks.
 */
final class TopicStates {
    private final Looks looks;

    TopicStates(Looks looks) {
        this.looks = looks;
    }

    TopicView view(TopicImage topic) {
        var offsets = looks.at(partitions(topic), TopicStates::offsets);
        return new TopicView(topic.name(), topic.id().toString(), topic.isInternal(), offsets);
    }

    private static PartitionOffsets offsets(Partition partition) {
        return new PartitionOffsets(
                partition.topic(),
                partition.index(),
                partition.startOffset(),
                partition.isOffline() ? partition.highWatermark() : partition.lastStableOffset(),
                partition.highWatermark());
    }

    /** Those there is a log of. */
    List<Partition> partitions(TopicImage topic) {
        return IntStream.range(0, topic.partitionCount())
                .mapToObj(i -> looks.insides().partitions().find(topic.name(), i))
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /** By partition, then offset. */
    List<StoredRecord> records(TopicImage topic, Selection wanted) {
        var reader = new TopicReader(looks);
        var records = new ArrayList<StoredRecord>();
        selected(topic, wanted).forEach(partition -> records.addAll(reader.records(partition, wanted)));
        return records;
    }

    long count(TopicImage topic, Selection wanted) {
        var reader = new TopicReader(looks);
        return selected(topic, wanted).stream()
                .mapToLong(partition -> reader.count(partition, wanted))
                .sum();
    }

    private List<Partition> selected(TopicImage topic, Selection wanted) {
        int only = wanted.partition();
        if (only >= topic.partitionCount()) {
            throw new IllegalArgumentException(topic.name() + " has no partition " + only + " (expected: 0 to "
                    + (topic.partitionCount() - 1) + ")");
        }
        return partitions(topic).stream()
                .filter(partition -> only < 0 || partition.index() == only)
                .toList();
    }
}
