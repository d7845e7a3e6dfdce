package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The batches of idempotent producers that a rule has refused and that are to come again: until they have, those behind them
 * are out of order.
 *
 * <p>A broker that knows the producer in that partition says so by itself. One that does not takes any first sequence: it would
 * take the second of several batches in flight, and the first could never be written. No real broker gets there, because it
 * does not refuse one batch and take the next.
 *
 * <p>Thread-safe.
 */
final class SequenceGaps {
    private final Map<Key, Gap> gaps = new ConcurrentHashMap<>();

    private record Key(String topic, Uuid id, int partition, long producerId) {}

    private record Gap(short epoch, int sequence) {}

    boolean isOpen() {
        return !gaps.isEmpty();
    }

    /** Notes the batches of a request that is refused for some partitions, all of which the client will send again. */
    void open(ProduceRequest request, Set<Subject> refused) {
        for (var topic : request.topicData) {
            for (var produced : topic.partitionData) {
                var batch = idempotent(produced.records);
                if (batch == null || !isAmong(refused, topic.name, topic.topicId, produced.index)) {
                    continue;
                }
                var key = new Key(topic.name, topic.topicId, produced.index, batch.producerId());
                var gap = new Gap(batch.producerEpoch(), batch.baseSequence());
                gaps.merge(key, gap, (known, other) -> isBehind(other, known) ? known : other);
            }
        }
    }

    /** Takes in a request: those of {@code subjects} whose batches are behind one that has not come again. */
    Set<Subject> behind(ProduceRequest request, Iterable<Subject> subjects) {
        var behind = new LinkedHashSet<Subject>();
        for (var topic : request.topicData) {
            for (var produced : topic.partitionData) {
                var batch = idempotent(produced.records);
                if (batch == null) {
                    continue;
                }
                var key = new Key(topic.name, topic.topicId, produced.index, batch.producerId());
                var now = new Gap(batch.producerEpoch(), batch.baseSequence());
                Gap known = gaps.get(key);
                if (known == null) {
                    continue;
                }
                if (isBehind(now, known)) {
                    for (var subject : subjects) {
                        if (subject.partition() == produced.index && subject.isTopic(topic.name, topic.topicId)) {
                            behind.add(subject);
                        }
                    }
                } else {
                    gaps.remove(key, known);
                }
            }
        }
        return behind;
    }

    private static boolean isAmong(Set<Subject> subjects, String name, Uuid id, int partition) {
        return subjects.stream().anyMatch(each -> each.partition() == partition && each.isTopic(name, id));
    }

    /** Of the same epoch and later, where sequences begin anew at 0 when they are used up. */
    private static boolean isBehind(Gap batch, Gap gap) {
        int distance = (batch.sequence - gap.sequence) & Integer.MAX_VALUE;
        return batch.epoch == gap.epoch && distance > 0 && distance < Integer.MAX_VALUE / 2;
    }

    private static @Nullable RecordBatchView idempotent(@Nullable ByteBuffer records) {
        if (records == null || records.remaining() < RecordBatchView.RECORDS) {
            return null;
        }
        var batch = RecordBatchView.of(records, records.position());
        return batch.magic() == RecordBatchView.CURRENT_MAGIC
                        && batch.producerId() != RecordBatchView.NO_PRODUCER_ID
                        && batch.baseSequence() != RecordBatchView.NO_SEQUENCE
                ? batch
                : null;
    }
}
