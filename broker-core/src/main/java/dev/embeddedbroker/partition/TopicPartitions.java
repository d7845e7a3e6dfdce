package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.Uuid;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The partitions of one topic that are on this broker, by number; any thread. */
final class TopicPartitions {

    private final String name;
    private final Uuid id;
    private volatile AtomicReferenceArray<@Nullable Partition> partitions = new AtomicReferenceArray<>(0);

    TopicPartitions(String name, Uuid id) {
        this.name = name;
        this.id = id;
    }

    String name() {
        return name;
    }

    Uuid id() {
        return id;
    }

    int size() {
        return partitions.length();
    }

    @Nullable
    Partition get(int index) {
        var now = partitions;
        return index < 0 || index >= now.length() ? null : now.get(index);
    }

    void set(int index, @Nullable Partition partition) {
        partitions.set(index, partition);
    }

    /** Makes room for {@code count} partitions. Not while partitions are set. */
    void growTo(int count) {
        var old = partitions;
        if (old.length() >= count) return;
        var grown = new AtomicReferenceArray<@Nullable Partition>(count);
        for (int i = 0; i < old.length(); i++) {
            grown.set(i, old.get(i));
        }
        partitions = grown;
    }
}
