package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.ManualLoop;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A log in memory, whose high watermark and failures a test decides. */
final class MemoryLog implements CoordinatorLog {
    private final ManualLoop loop;
    private final TreeMap<Long, ByteBuffer> batches = new TreeMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private long endOffset;
    private long committed;
    boolean commitsAtOnce = true;
    int maxBatchBytes = 1 << 20;
    int appendsUntilFailure = Integer.MAX_VALUE;
    ErrorCode failure = ErrorCode.KAFKA_STORAGE_ERROR;
    boolean cannotBeRead;
    RuntimeException bug;

    private record Waiter(long offset, Consumer<ErrorCode> then) {}

    MemoryLog(ManualLoop loop) {
        this.loop = loop;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public String name() {
        return "memory-0";
    }

    @Override
    public ErrorCode append(ByteBuffer batch) {
        if (bug != null) {
            throw bug;
        }
        if (appendsUntilFailure-- <= 0) {
            return failure;
        }
        var view = RecordBatchView.of(batch);
        view.setBaseOffset(endOffset);
        batches.put(endOffset, batch);
        endOffset += view.recordCount();
        if (commitsAtOnce) {
            commit();
        }
        return ErrorCode.NONE;
    }

    int batchCount() {
        return batches.size();
    }

    @Override
    public long startOffset() {
        return batches.isEmpty() ? endOffset : batches.firstKey();
    }

    @Override
    public long endOffset() {
        return endOffset;
    }

    @Override
    public int maxBatchBytes() {
        return maxBatchBytes;
    }

    /** Raises the high watermark to the end. */
    void commit() {
        committed = endOffset;
        var ready = waiters.stream().filter(w -> w.offset <= committed).toList();
        waiters.removeAll(ready);
        ready.forEach(w -> w.then.accept(ErrorCode.NONE));
    }

    /** What was not committed is lost with the leadership. */
    void loseLeadership() {
        batches.tailMap(committed, true).clear();
        endOffset = committed;
        var all = List.copyOf(waiters);
        waiters.clear();
        all.forEach(w -> w.then.accept(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Override
    public void whenCommitted(long offset, Consumer<ErrorCode> then) {
        if (offset <= committed) {
            then.accept(ErrorCode.NONE);
        } else {
            waiters.add(new Waiter(offset, then));
        }
    }

    @Override
    public long read(long fromOffset, int maxBytes, Consumer<ByteBuffer> reader) {
        if (cannotBeRead) {
            throw new ReplayFailed("the disk is gone");
        }
        var next = batches.floorEntry(fromOffset);
        if (next == null || RecordBatchView.of(next.getValue()).lastOffset() < fromOffset) {
            return fromOffset;
        }
        reader.accept(next.getValue().duplicate());
        return RecordBatchView.of(next.getValue()).lastOffset() + 1;
    }
}
