package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Those who want to know when a partition's high watermark reaches an offset; of one offset, in the order they came.
 *
 * <p><b>Owner:</b> the partition's loop. Whoever is answered may come again in the same call.
 */
final class AckWaits {

    private record AckWait(long endOffset, long number, Consumer<ErrorCode> then) implements Comparable<AckWait> {
        @Override
        public int compareTo(AckWait other) {
            int byOffset = Long.compare(endOffset, other.endOffset);
            return byOffset != 0 ? byOffset : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<AckWait> waits = new PriorityQueue<>();
    private long added;

    boolean isEmpty() {
        return waits.isEmpty();
    }

    void add(long endOffset, Consumer<ErrorCode> then) {
        waits.add(new AckWait(endOffset, added++, then));
    }

    /** Answers those whose offset is {@code highWatermark} or less. */
    void answer(long highWatermark, ErrorCode answer) {
        while (!waits.isEmpty() && waits.peek().endOffset <= highWatermark) {
            waits.remove().then.accept(answer);
        }
    }

    /** Answers all, wherever the high watermark is. */
    void answerAll(ErrorCode answer) {
        while (!waits.isEmpty()) {
            waits.remove().then.accept(answer);
        }
    }
}
