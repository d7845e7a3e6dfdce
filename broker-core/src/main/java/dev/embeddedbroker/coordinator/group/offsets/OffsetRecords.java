package dev.embeddedbroker.coordinator.group.offsets;

import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.PendingOffset;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.TransactionEnded;
import dev.embeddedbroker.coordinator.group.offsets.PendingOffsets.Place;
import dev.embeddedbroker.protocol.record.group.OffsetCommitKey;
import dev.embeddedbroker.protocol.record.group.OffsetCommitValue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A committed offset as a record of {@code __consumer_offsets}. */
public final class OffsetRecords {
    /** The only version that can say when an offset expires. */
    private static final short EXPIRING_VERSION = 1;

    private static final short VALUE_VERSION = 4;

    private OffsetRecords() {}

    static Kept of(String groupId, String topic, int partition, CommittedOffset offset) {
        return new Kept(
                key(groupId, topic, partition),
                new OffsetCommitValue()
                        .setOffset(offset.offset())
                        .setLeaderEpoch(offset.leaderEpoch())
                        .setMetadata(offset.metadata())
                        .setCommitTimestamp(offset.commitMs())
                        .setExpireTimestamp(offset.expireMs())
                        .setTopicId(offset.topicId()),
                offset.expireMs() == CommittedOffset.NO_EXPIRY ? VALUE_VERSION : EXPIRING_VERSION);
    }

    static Kept tombstone(String groupId, String topic, int partition) {
        return Kept.tombstone(key(groupId, topic, partition));
    }

    /** Moves the offsets by one record. */
    public static void apply(Offsets offsets, OffsetCommitKey key, @Nullable OffsetCommitValue value) {
        var place = new Place(key.group, key.topic, key.partition);
        if (value == null) {
            offsets.remove(key.group, key.topic, key.partition);
            offsets.pending().forget(place);
        } else {
            offsets.put(key.group, key.topic, key.partition, offset(value));
            offsets.pending().overtake(place);
        }
    }

    /** Moves the offsets by what happened in a transaction. */
    public static void apply(Offsets offsets, OffsetEvent event) {
        if (event instanceof PendingOffset committed) {
            var key = (OffsetCommitKey) committed.offset().key();
            var value = Objects.requireNonNull(
                    (OffsetCommitValue) committed.offset().value());
            offsets.pending()
                    .add(committed.producer().id(), new Place(key.group, key.topic, key.partition), offset(value));
        } else if (event instanceof TransactionEnded ended) {
            offsets.pending()
                    .end(
                            ended.producerId(),
                            ended.commit(),
                            (place, offset) -> offsets.put(place.groupId(), place.topic(), place.partition(), offset));
        }
    }

    private static CommittedOffset offset(OffsetCommitValue value) {
        return new CommittedOffset(
                value.offset,
                value.leaderEpoch,
                value.metadata,
                value.commitTimestamp,
                value.expireTimestamp,
                value.topicId);
    }

    private static OffsetCommitKey key(String groupId, String topic, int partition) {
        return new OffsetCommitKey().setGroup(groupId).setTopic(topic).setPartition(partition);
    }
}
