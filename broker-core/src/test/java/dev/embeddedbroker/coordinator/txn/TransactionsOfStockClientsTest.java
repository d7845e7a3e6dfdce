package dev.embeddedbroker.coordinator.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions, as the stock clients use them. */
class TransactionsOfStockClientsTest {
    private static final Duration STEP = Duration.ofMillis(50);
    private static final long PATIENCE_NANOS = 90_000_000_000L;
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);

    @TempDir
    Path directory;

    private EmbeddedBroker.Builder settings() {
        return EmbeddedBroker.builder().dataDirectory(directory).topic("t", 2).topic("in", 1);
    }

    private static Map<String, Object> properties(EmbeddedBroker broker, Map<String, Object> more) {
        var all = new HashMap<String, Object>(more);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return all;
    }

    private static KafkaProducer<String, String> producer(EmbeddedBroker broker, String id) {
        return new KafkaProducer<>(
                properties(broker, Map.of("transactional.id", id, "max.block.ms", 15_000)),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, String isolation) {
        return consumer(broker, isolation, "classic");
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, String isolation, String protocol) {
        return new KafkaConsumer<>(
                properties(
                        broker,
                        Map.of(
                                "group.protocol",
                                protocol,
                                "isolation.level",
                                isolation,
                                "auto.offset.reset",
                                "earliest",
                                "group.id",
                                "g",
                                "enable.auto.commit",
                                false)),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void send(KafkaProducer<String, String> producer, String... values) {
        for (int i = 0; i < values.length; i++) {
            producer.send(new ProducerRecord<>("t", i % 2, "k", values[i]));
        }
        producer.flush();
    }

    /** Everything up to the stable end of both partitions. */
    private static List<String> read(EmbeddedBroker broker, String isolation) {
        try (var consumer = consumer(broker, isolation)) {
            consumer.assign(List.of(T0, T1));
            consumer.seekToBeginning(List.of(T0, T1));
            var ends = consumer.endOffsets(List.of(T0, T1));
            var values = new ArrayList<String>();
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                assertThat(System.nanoTime()).as("read up to %s", ends).isLessThan(deadline);
                consumer.poll(STEP).forEach(record -> values.add(record.value()));
            }
            values.sort(null);
            return values;
        }
    }

    private static void setLevel(EmbeddedBroker broker, short level) throws Exception {
        try (var admin = Admin.create(properties(broker, Map.of()))) {
            var type = level == 2 ? FeatureUpdate.UpgradeType.UPGRADE : FeatureUpdate.UpgradeType.SAFE_DOWNGRADE;
            admin.updateFeatures(
                            Map.of("transaction.version", new FeatureUpdate(level, type)), new UpdateFeaturesOptions())
                    .all()
                    .get();
        }
    }

    @Test
    void committedIsReadAndAbortedIsNot() {
        try (var broker = settings().build().start();
                var producer = producer(broker, "tx")) {
            producer.initTransactions();
            for (int round = 0; round < 5; round++) {
                producer.beginTransaction();
                send(producer, "yes-" + round, "yes-" + round);
                producer.commitTransaction();
                producer.beginTransaction();
                send(producer, "no-" + round, "no-" + round);
                producer.abortTransaction();
            }
            assertThat(read(broker, "read_committed"))
                    .containsExactly(
                            "yes-0", "yes-0", "yes-1", "yes-1", "yes-2", "yes-2", "yes-3", "yes-3", "yes-4", "yes-4");
            assertThat(read(broker, "read_uncommitted")).hasSize(20);
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void openTransactionHoldsBackReadersOfCommitted() {
        try (var broker = settings().build().start();
                var producer = producer(broker, "tx")) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, "a", "b");
            assertThat(read(broker, "read_committed")).isEmpty();
            assertThat(read(broker, "read_uncommitted")).containsExactly("a", "b");
            producer.commitTransaction();
            assertThat(read(broker, "read_committed")).containsExactly("a", "b");
        }
    }

    @Test
    void secondProducerFencesTheFirstAndAbortsItsTransaction() {
        try (var broker = settings().build().start();
                var zombie = producer(broker, "tx");
                var heir = producer(broker, "tx")) {
            zombie.initTransactions();
            zombie.beginTransaction();
            send(zombie, "lost", "lost");
            heir.initTransactions();
            assertThatThrownBy(() -> {
                        send(zombie, "late");
                        zombie.commitTransaction();
                    })
                    .isInstanceOfAny(ProducerFencedException.class, KafkaException.class);
            heir.beginTransaction();
            send(heir, "kept");
            heir.commitTransaction();
            assertThat(read(broker, "read_committed")).containsExactly("kept");
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void offsetsOfATransactionCountWhenItIsCommitted() throws Exception {
        try (var broker = settings().build().start();
                var producer = producer(broker, "tx");
                var admin = Admin.create(properties(broker, Map.of()))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(
                    Map.of(T0, new OffsetAndMetadata(7, "meta")),
                    new ConsumerGroupMetadata("g", -1, "", Optional.empty()));
            try (var impatient = new KafkaConsumer<>(
                    properties(broker, Map.of("group.id", "g", "default.api.timeout.ms", 500)),
                    new StringDeserializer(),
                    new StringDeserializer())) {
                assertThatThrownBy(() -> impatient.committed(Set.of(T0))).isInstanceOf(TimeoutException.class);
            }
            assertThat(committed(admin)).isEmpty();
            producer.commitTransaction();
            assertThat(committed(admin)).isEqualTo(Map.of(T0, new OffsetAndMetadata(7, "meta")));

            producer.beginTransaction();
            producer.sendOffsetsToTransaction(
                    Map.of(T0, new OffsetAndMetadata(9)), new ConsumerGroupMetadata("g", -1, "", Optional.empty()));
            producer.abortTransaction();
            assertThat(committed(admin)).isEqualTo(Map.of(T0, new OffsetAndMetadata(7, "meta")));
        }
        try (var broker = settings().build().start();
                var admin = Admin.create(properties(broker, Map.of()))) {
            assertThat(committed(admin)).isEqualTo(Map.of(T0, new OffsetAndMetadata(7, "meta")));
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets("g")
                .partitionsToOffsetAndMetadata()
                .get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void consumedTransformedAndProducedExactlyOnce(String protocol) throws Exception {
        try (var broker = settings().build().start()) {
            try (var source = producer(broker, "source")) {
                source.initTransactions();
                source.beginTransaction();
                for (int i = 0; i < 10; i++) {
                    source.send(new ProducerRecord<>("in", "k", "v" + i));
                }
                source.commitTransaction();
            }
            for (int run = 0; run < 2; run++) {
                try (var consumer = consumer(broker, "read_committed", protocol);
                        var producer = producer(broker, "copy")) {
                    consumer.subscribe(List.of("in"));
                    producer.initTransactions();
                    int want = run == 0 ? 10 : 0;
                    int seen = 0;
                    long deadline = System.nanoTime() + (run == 0 ? PATIENCE_NANOS : 1_000_000_000L);
                    while ((want == 0 || seen < want) && System.nanoTime() < deadline) {
                        var records = consumer.poll(STEP);
                        if (records.isEmpty()) {
                            continue;
                        }
                        producer.beginTransaction();
                        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
                        for (var record : records) {
                            seen++;
                            producer.send(new ProducerRecord<>("t", 0, "k", record.value()));
                            offsets.put(
                                    new TopicPartition(record.topic(), record.partition()),
                                    new OffsetAndMetadata(record.offset() + 1));
                        }
                        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                        producer.commitTransaction();
                    }
                    assertThat(seen).isEqualTo(want);
                }
            }
            assertThat(read(broker, "read_committed")).hasSize(10);
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2})
    void everyTransactionVersionCommitsAndAborts(short level) throws Exception {
        try (var broker = settings().build().start()) {
            if (level < 2) {
                setLevel(broker, level);
            }
            try (var producer = producer(broker, "tx")) {
                producer.initTransactions();
                for (int round = 0; round < 3; round++) {
                    producer.beginTransaction();
                    send(producer, "yes", "yes");
                    producer.sendOffsetsToTransaction(
                            Map.of(T0, new OffsetAndMetadata(round)),
                            new ConsumerGroupMetadata("g", -1, "", Optional.empty()));
                    producer.commitTransaction();
                    producer.beginTransaction();
                    send(producer, "no");
                    producer.abortTransaction();
                }
            }
            assertThat(read(broker, "read_committed")).hasSize(6).containsOnly("yes");
            if (level < 2) {
                setLevel(broker, (short) 2);
                try (var producer = producer(broker, "tx")) {
                    producer.initTransactions();
                    producer.beginTransaction();
                    send(producer, "after");
                    producer.commitTransaction();
                }
                assertThat(read(broker, "read_committed")).hasSize(7);
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void openTransactionGoesOnAfterARestart() {
        int port;
        try (var broker = settings().build().start()) {
            port = broker.port();
        }
        try (var first = settings().port(port).build().start();
                var producer = producer(first, "tx")) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, "before", "before");
            first.close();
            try (var second = settings().port(port).build().start()) {
                assertThat(read(second, "read_committed")).isEmpty();
                send(producer, "after", "after");
                producer.commitTransaction();
                assertThat(read(second, "read_committed")).containsExactly("after", "after", "before", "before");
                producer.beginTransaction();
                send(producer, "next");
                producer.abortTransaction();
                assertThat(read(second, "read_committed")).hasSize(4);
                assertThat(second.failure()).isEmpty();
            }
        }
    }

    @Test
    void transactionThatStaysOpenTooLongIsAborted() throws Exception {
        try (var broker = settings()
                        .config("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100")
                        .build()
                        .start();
                var producer = new KafkaProducer<>(
                        properties(broker, Map.of("transactional.id", "tx", "transaction.timeout.ms", 200)),
                        new StringSerializer(),
                        new StringSerializer());
                var admin = Admin.create(properties(broker, Map.of()))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, "lost", "lost");
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (state(admin, "tx") != TransactionState.COMPLETE_ABORT) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
            assertThat(read(broker, "read_committed")).isEmpty();
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    private static TransactionState state(Admin admin, String id) throws Exception {
        return admin.describeTransactions(List.of(id)).description(id).get().state();
    }

    @Test
    void transactionsAreListedAndDescribed() throws Exception {
        try (var broker = settings().build().start();
                var producer = producer(broker, "tx-1");
                var other = producer(broker, "other");
                var admin = Admin.create(properties(broker, Map.of()))) {
            producer.initTransactions();
            other.initTransactions();
            producer.beginTransaction();
            send(producer, "a", "b");
            var description = admin.describeTransactions(List.of("tx-1"))
                    .description("tx-1")
                    .get();
            assertThat(description.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(description.topicPartitions()).containsExactlyInAnyOrder(T0, T1);
            assertThat(admin.listTransactions().all().get())
                    .extracting(listing -> listing.transactionalId())
                    .containsExactlyInAnyOrder("tx-1", "other");
            var filters = List.of(
                    new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)),
                    new ListTransactionsOptions().filterProducerIds(Set.of(description.producerId())),
                    new ListTransactionsOptions().filterOnTransactionalIdPattern("tx-.*"));
            for (var filter : filters) {
                assertThat(admin.listTransactions(filter).all().get())
                        .extracting(listing -> listing.transactionalId())
                        .containsExactly("tx-1");
            }
            var longer =
                    new ListTransactionsOptions().filterOnDuration(86_400_000); // as in Kafka, so are those without
            assertThat(admin.listTransactions(longer).all().get())
                    .extracting(listing -> listing.transactionalId())
                    .containsExactly("other");
            assertThatThrownBy(() -> admin.describeTransactions(List.of("who"))
                            .description("who")
                            .get())
                    .hasCauseInstanceOf(TransactionalIdNotFoundException.class);
            admin.fenceProducers(List.of("tx-1")).all().get();
            assertThat(state(admin, "tx-1")).isEqualTo(TransactionState.EMPTY);
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }
}
