package dev.embeddedbroker.clients;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * One member of a group as a careful user writes it: what it has seen it commits, before it lets go of a partition. Loaded
 * anew in the class loader of each release, so it shares nothing but JDK types with the test.
 *
 * <p>Arguments: {@code settings}, {@code topic}; {@code fate} is 0 as long as it is to go on, then {@link #LEAVE} or
 * {@link #CRASHED}; {@code saw} is given {partition, offset before, offset}; {@code assigned} is counted down.
 */
public final class GroupMember implements BiConsumer<String, Map<String, Object>> {
    static final int LEAVE = 1;
    static final int CRASHED = 2;

    private final Map<Integer, Long> last = new HashMap<>();

    @Override
    @SuppressWarnings({"unchecked", "deprecation"}) // written against the oldest release's API
    public void accept(String topic, Map<String, Object> arguments) {
        var fate = (AtomicInteger) arguments.get("fate");
        var saw = (BiConsumer<String, long[]>) arguments.get("saw");
        var assigned = (CountDownLatch) arguments.get("assigned");
        var settings = (Map<String, Object>) arguments.get("settings");
        var consumer = new KafkaConsumer<byte[], byte[]>(settings);
        try {
            consumer.subscribe(List.of(topic), listener(consumer, assigned));
            while (fate.get() == 0) {
                for (var record : consumer.poll(Duration.ofMillis(50))) {
                    long before = last.getOrDefault(record.partition(), -1L);
                    saw.accept(topic, new long[] {record.partition(), before, record.offset()});
                    last.put(record.partition(), record.offset());
                }
                commit(consumer);
            }
        } finally {
            consumer.close(fate.get() == CRASHED ? Duration.ZERO : Duration.ofSeconds(20));
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (var partition : consumer.assignment()) {
            var offset = last.get(partition.partition());
            if (offset != null) {
                offsets.put(partition, new OffsetAndMetadata(offset + 1));
            }
        }
        try {
            if (!offsets.isEmpty()) {
                consumer.commitSync(offsets, Duration.ofSeconds(5));
            }
        } catch (CommitFailedException | RebalanceInProgressException | RetriableException uncommitted) {
            // whoever has the partitions now sees these records once more
            return;
        } catch (KafkaException e) {
            if (!String.valueOf(e).contains("Stale")) {
                throw e;
            }
        }
    }

    private ConsumerRebalanceListener listener(KafkaConsumer<byte[], byte[]> consumer, CountDownLatch assigned) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                commit(consumer);
                forget(partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                forget(partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                forget(partitions);
                assigned.countDown();
            }
        };
    }

    private void forget(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> last.remove(partition.partition()));
    }
}
