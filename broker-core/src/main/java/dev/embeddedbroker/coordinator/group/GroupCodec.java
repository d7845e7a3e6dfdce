package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.PendingOffset;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.TransactionEnded;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupCurrentMemberAssignmentKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupCurrentMemberAssignmentValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupPartitionMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupPartitionMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMemberKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMemberValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMetadataValue;
import dev.embeddedbroker.protocol.record.group.GroupMetadataKey;
import dev.embeddedbroker.protocol.record.group.GroupMetadataValue;
import dev.embeddedbroker.protocol.record.group.LegacyOffsetCommitKey;
import dev.embeddedbroker.protocol.record.group.LegacyOffsetCommitValue;
import dev.embeddedbroker.protocol.record.group.OffsetCommitKey;
import dev.embeddedbroker.protocol.record.group.OffsetCommitValue;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __consumer_offsets}.
 *
 * <pre>
 * key:   int16 kind of record (the key schema's number), then the key in its version 0
 * value: int16 schema version, then the value; no value at all for a tombstone
 * </pre>
 */
public final class GroupCodec implements EventCodec<GroupEvent> {
    private static final short KEY_VERSION = 0;
    private static final short LEGACY_OFFSET_COMMIT = 0;
    private static final short OFFSET_COMMIT = 1;
    private static final short GROUP_METADATA = 2;
    private static final short CONSUMER_GROUP_METADATA = 3;
    private static final short CONSUMER_GROUP_PARTITION_METADATA = 4;
    private static final short CONSUMER_GROUP_MEMBER_METADATA = 5;
    private static final short CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA = 6;
    private static final short CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER = 7;
    private static final short CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT = 8;
    private static final short CONSUMER_GROUP_REGULAR_EXPRESSION = 16;

    @Override
    public @Nullable RecordBytes encode(GroupEvent event) {
        if (event instanceof PendingOffset pending) {
            return bytes(pending.offset(), pending.producer());
        }
        return event instanceof Kept kept ? bytes(kept, null) : null;
    }

    private static RecordBytes bytes(Kept kept, @Nullable TxnProducer producer) {
        var value = kept.value();
        return new RecordBytes(
                RecordBytes.prefixed(kept.key().apiKey(), kept.key(), KEY_VERSION),
                value == null ? null : RecordBytes.prefixed(kept.valueVersion(), value, kept.valueVersion()),
                producer);
    }

    @Override
    public @Nullable GroupEvent decodeInTransaction(
            TxnProducer producer, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        var event = decode(key, value);
        return event instanceof Kept kept && kept.key() instanceof OffsetCommitKey && kept.value() != null
                ? new PendingOffset(producer, kept)
                : event;
    }

    @Override
    public GroupEvent transactionEnded(long producerId, boolean commit) {
        return new TransactionEnded(producerId, commit);
    }

    @Override
    public @Nullable GroupEvent decode(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        if (key == null) {
            throw new IllegalArgumentException("a record of __consumer_offsets has no key");
        }
        var in = key.slice();
        short kind = in.getShort();
        return switch (kind) {
            case LEGACY_OFFSET_COMMIT ->
                fromLegacy(
                        read(in, new LegacyOffsetCommitKey(), KEY_VERSION),
                        value == null ? null : versioned(value, new LegacyOffsetCommitValue()));
            case OFFSET_COMMIT -> kept(in, new OffsetCommitKey(), value, new OffsetCommitValue());
            case GROUP_METADATA -> kept(in, new GroupMetadataKey(), value, new GroupMetadataValue());
            case CONSUMER_GROUP_METADATA ->
                kept(in, new ConsumerGroupMetadataKey(), value, new ConsumerGroupMetadataValue());
            case CONSUMER_GROUP_PARTITION_METADATA ->
                kept(in, new ConsumerGroupPartitionMetadataKey(), value, new ConsumerGroupPartitionMetadataValue());
            case CONSUMER_GROUP_MEMBER_METADATA ->
                kept(in, new ConsumerGroupMemberMetadataKey(), value, new ConsumerGroupMemberMetadataValue());
            case CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA ->
                kept(
                        in,
                        new ConsumerGroupTargetAssignmentMetadataKey(),
                        value,
                        new ConsumerGroupTargetAssignmentMetadataValue());
            case CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER ->
                kept(
                        in,
                        new ConsumerGroupTargetAssignmentMemberKey(),
                        value,
                        new ConsumerGroupTargetAssignmentMemberValue());
            case CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT ->
                kept(
                        in,
                        new ConsumerGroupCurrentMemberAssignmentKey(),
                        value,
                        new ConsumerGroupCurrentMemberAssignmentValue());
            case CONSUMER_GROUP_REGULAR_EXPRESSION ->
                kept(in, new ConsumerGroupRegularExpressionKey(), value, new ConsumerGroupRegularExpressionValue());
            default -> null; // a newer protocol's
        };
    }

    private static Kept kept(ByteBuffer in, Message key, @Nullable ByteBuffer value, Message emptyValue) {
        read(in, key, KEY_VERSION);
        return value == null
                ? Kept.tombstone(key)
                : new Kept(key, versioned(value, emptyValue), value.getShort(value.position()));
    }

    private static <M extends Message> M versioned(ByteBuffer value, M message) {
        var in = value.slice();
        short version = in.getShort();
        return read(in, message, version);
    }

    private static <M extends Message> M read(ByteBuffer in, M message, short version) {
        message.read(new WireReader(in.slice()), version);
        return message;
    }

    /** Offsets as brokers before 0.9 stored them. */
    private static Kept fromLegacy(LegacyOffsetCommitKey old, @Nullable LegacyOffsetCommitValue value) {
        var key = new OffsetCommitKey().setGroup(old.group).setTopic(old.topic).setPartition(old.partition);
        return value == null
                ? Kept.tombstone(key)
                : new Kept(
                        key,
                        new OffsetCommitValue()
                                .setOffset(value.offset)
                                .setMetadata(value.metadata)
                                .setCommitTimestamp(value.commitTimestamp),
                        (short) 0);
    }
}
