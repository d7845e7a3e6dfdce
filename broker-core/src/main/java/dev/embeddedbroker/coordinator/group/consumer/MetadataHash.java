package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog.TopicShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SortedSet;

/**
 * One number for all a group's assignment depends on: the ids, names, partitions and racks of the topics it subscribes to
 * (KIP-1101). It is computed as Kafka 4.4 computes it, so that neither finds the other's groups in need of an assignment.
 *
 * <pre>
 * topic:  int8 0, int64 × 2 id, name, int32 partitions; for each: int32 number; for each of its racks: int32 length, name
 * name:   its UTF-16 units, then their count as int32          (all numbers little-endian; XXH3, 64 bits)
 * group:  int64 hash of each existing topic, in order of names; 0 when there is none
 * </pre>
 */
final class MetadataHash {
    private static final byte VERSION = 0;

    private MetadataHash() {}

    static long of(SortedSet<String> names, TopicCatalog topics) {
        var out = ByteBuffer.allocate(names.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (String name : names) {
            var shape = topics.topic(name);
            if (shape != null) {
                out.putLong(of(shape));
            }
        }
        return out.position() == 0 ? 0 : Xxh3.hash(out.flip());
    }

    static long of(TopicShape topic) {
        var out = ByteBuffer.allocate(sizeOf(topic)).order(ByteOrder.LITTLE_ENDIAN);
        out.put(VERSION);
        out.putLong(topic.id().mostSignificantBits());
        out.putLong(topic.id().leastSignificantBits());
        put(out, topic.name());
        out.putInt(topic.partitionCount());
        for (int i = 0; i < topic.partitionCount(); i++) {
            out.putInt(i);
            for (String rack : sorted(topic.racks().get(i))) {
                out.putInt(rack.length());
                put(out, rack);
            }
        }
        return Xxh3.hash(out.flip());
    }

    private static int sizeOf(TopicShape topic) {
        int size = 1 + 2 * Long.BYTES + sizeOf(topic.name()) + Integer.BYTES;
        for (List<String> racks : topic.racks()) {
            size += Integer.BYTES;
            for (String rack : racks) {
                size += Integer.BYTES + sizeOf(rack);
            }
        }
        return size;
    }

    private static int sizeOf(String text) {
        return text.length() * Character.BYTES + Integer.BYTES;
    }

    private static void put(ByteBuffer out, String text) {
        for (int i = 0; i < text.length(); i++) {
            out.putChar(text.charAt(i));
        }
        out.putInt(text.length());
    }

    private static List<String> sorted(List<String> racks) {
        return racks.size() < 2 ? racks : racks.stream().sorted().toList();
    }
}
