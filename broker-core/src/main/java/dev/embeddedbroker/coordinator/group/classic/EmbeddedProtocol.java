package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.record.group.ConsumerProtocolAssignment;
import dev.embeddedbroker.protocol.record.group.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What consumers tell each other inside the classic protocol, which a broker reads only when their group goes over to the
 * consumer protocol or comes from there: {@code int16 version}, then the message in that version, or in the latest one
 * known when the version is newer.
 */
public final class EmbeddedProtocol {

    private EmbeddedProtocol() {}

    /**
     * What a consumer subscribes to.
     *
     * @param version of its consumer protocol
     * @param owned the partitions it has, by topic name; none before version 1
     * @param rackId since version 3
     */
    public record Subscription(
            short version,
            List<String> topics,
            Map<String, Set<Integer>> owned,
            @Nullable String rackId) {}

    /**
     * What a consumer was assigned.
     *
     * @param hasUserData whether there is more to it than the partitions, known to the members' assignor alone
     */
    public record Assigned(Map<String, Set<Integer>> partitions, boolean hasUserData) {

        static final Assigned NOTHING = new Assigned(Map.of(), false);
    }

    /**
     * What a member says it subscribes to.
     *
     * @throws dev.embeddedbroker.protocol.MalformedMessage when the bytes are not a subscription
     */
    public static Subscription subscription(byte[] bytes) {
        var in = new WireReader(ByteBuffer.wrap(bytes));
        short version = in.readInt16();
        var message = new ConsumerProtocolSubscription();
        message.read(in, readable(version, message.highestSupportedVersion()));
        Map<String, Set<Integer>> owned = new TreeMap<>();
        message.ownedPartitions.forEach(topic ->
                owned.computeIfAbsent(topic.topic, t -> new TreeSet<>()).addAll(topic.partitions));
        String rackId = message.rackId;
        return new Subscription(
                version, List.copyOf(message.topics), owned, rackId == null || rackId.isEmpty() ? null : rackId);
    }

    /** @throws dev.embeddedbroker.protocol.MalformedMessage when the bytes are not an assignment */
    static Assigned assigned(byte[] bytes) {
        if (bytes.length == 0) {
            return Assigned.NOTHING;
        }
        var in = new WireReader(ByteBuffer.wrap(bytes));
        var message = new ConsumerProtocolAssignment();
        message.read(in, readable(in.readInt16(), message.highestSupportedVersion()));
        Map<String, Set<Integer>> partitions = new TreeMap<>();
        message.assignedPartitions.forEach(topic ->
                partitions.computeIfAbsent(topic.topic, t -> new TreeSet<>()).addAll(topic.partitions));
        byte[] userData = message.userData;
        return new Assigned(partitions, userData != null && userData.length > 0);
    }

    /** An assignment for a consumer whose subscription is of this version. */
    public static byte[] assignment(Map<String, ? extends Set<Integer>> partitions, short version) {
        var message = new ConsumerProtocolAssignment();
        partitions.forEach(
                (topic, indexes) -> message.assignedPartitions.add(new ConsumerProtocolAssignment.TopicPartition()
                        .setTopic(topic)
                        .setPartitions(new ArrayList<>(indexes))));
        short written = readable(version, message.highestSupportedVersion());
        var out = new WireWriter(128);
        out.writeInt16(written);
        message.write(out, written);
        var bytes = out.toByteBuffer();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }

    private static short readable(short version, short highest) {
        return version > highest ? highest : version;
    }
}
