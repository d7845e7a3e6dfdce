package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of one turn on one broker: made, filled by a stock producer, deleted at the end. */
final class Topic implements AutoCloseable {
    private final String name;
    private final Admin admin;
    private final String bootstrapServers;

    private Topic(String name, Admin admin, String bootstrapServers) {
        this.name = name;
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
    }

    static Topic create(BrokerProcess broker, String name, int partitions) throws Exception {
        var topic = existing(broker, name);
        topic.admin
                .createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get();
        topic.awaitLeaders(partitions);
        return topic;
    }

    /**
     * Waits for every partition to take requests, which it may not yet when it is created: the first of two batches that
     * are under way then is refused, the second taken, and the producer is out of order until it gives up.
     */
    private void awaitLeaders(int partitions) throws Exception {
        var ends = new HashMap<TopicPartition, OffsetSpec>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try {
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                // an Apache Kafka broker has not heard of the topic yet, which its Admin does not ask for again
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    /** One that the broker has already. */
    static Topic existing(BrokerProcess broker, String name) {
        var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        return new Topic(name, admin, broker.bootstrapServers());
    }

    /** Leaves it to the broker. */
    void forget() {
        admin.close();
    }

    String name() {
        return name;
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        var all = new HashMap<String, Object>(settings);
        all.put("bootstrap.servers", bootstrapServers);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends records as long as {@code more} says so of their count, waits for all acknowledgements, and counts them. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees to failures
    long fill(KafkaProducer<byte[], byte[]> producer, Payload payload, More more) throws Exception {
        var failure = new AtomicReference<Exception>();
        long records = 0;
        while (more.wanted(records)) {
            for (int i = 0; i < 1_000; i++, records++) {
                producer.send(new ProducerRecord<>(name, payload.get(records)), (metadata, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
            }
        }
        producer.flush();
        if (failure.get() != null) {
            throw failure.get();
        }
        return records;
    }

    /** Whether more than so many records are wanted. */
    interface More {
        boolean wanted(long sentSoFar);
    }

    @Override
    public void close() {
        try (admin) {
            admin.deleteTopics(List.of(name))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }
}
