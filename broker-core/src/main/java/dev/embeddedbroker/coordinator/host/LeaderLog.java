package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.ReadSpec;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.log.AppendOptions;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The log of a partition this broker leads.
 *
 * <p><b>Owner:</b> the partition's loop.
 */
public final class LeaderLog implements CoordinatorLog {
    private final Partition partition;

    public LeaderLog(Partition partition) {
        this.partition = partition;
    }

    @Override
    public Loop loop() {
        return partition.loop();
    }

    @Override
    public String name() {
        return partition.topic() + "-" + partition.index();
    }

    @Override
    public ErrorCode append(ByteBuffer batch) {
        return partition
                .append(batch, AppendOrigin.COORDINATOR, Partition.ACKS_ALL)
                .error();
    }

    @Override
    public ErrorCode appendInTransaction(ByteBuffer batch, long guard) {
        var options = AppendOptions.coordinator(
                        partition.leaderEpoch(), partition.loop().clock().wallMs())
                .verified(guard);
        return partition.append(batch, options, Partition.ACKS_ALL).error();
    }

    @Override
    public long startOffset() {
        return partition.startOffset();
    }

    @Override
    public long endOffset() {
        return partition.endOffset();
    }

    @Override
    public int maxBatchBytes() {
        return partition.settings().log().batches().maxMessageBytes();
    }

    @Override
    public void whenCommitted(long endOffset, Consumer<ErrorCode> then) {
        partition.whenCovered(endOffset, then);
    }

    @Override
    public long read(long fromOffset, int maxBytes, Consumer<ByteBuffer> reader) {
        var read = partition.read(ReadSpec.replay(fromOffset, maxBytes));
        if (read.error() != ErrorCode.NONE) {
            throw new ReplayFailed(name() + " cannot be read at offset " + fromOffset + ": " + read.error());
        }
        try (var slice = read.slice()) {
            if (slice == null) {
                return fromOffset;
            }
            reader.accept(slice.bytes());
            return slice.nextOffset();
        }
    }
}
