package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code reset()}: the state after start, with clients that stay connected. */
class ResetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static EmbeddedBroker.Builder builder() {
        return EmbeddedBroker.builder().topic("orders", 3).topic("audit", 1);
    }

    /** What stock clients can see of a broker, but for topic ids. */
    private record Seen(
            Map<String, Integer> topics,
            Map<TopicPartition, Long> ends,
            Set<String> groups,
            Set<String> transactions,
            Set<Long> producers,
            Map<ConfigResource, Map<String, String>> overrides,
            Map<?, ?> quotas,
            Set<String> users,
            Map<?, ?> features) {

        static Seen of(EmbeddedBroker broker) throws Exception {
            try (var admin = Admin.create(broker.clientProperties())) {
                var names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .names()
                        .get();
                var topics = new TreeMap<String, Integer>();
                var partitions = new ArrayList<TopicPartition>();
                admin.describeTopics(names).allTopicNames().get().forEach((name, topic) -> {
                    topics.put(name, topic.partitions().size());
                    topic.partitions().forEach(at -> partitions.add(new TopicPartition(name, at.partition())));
                });
                var ends = new HashMap<TopicPartition, Long>();
                admin.listOffsets(partitions.stream().collect(Collectors.toMap(at -> at, at -> OffsetSpec.latest())))
                        .all()
                        .get()
                        .forEach((at, end) -> ends.put(at, end.offset()));
                var producers = new HashSet<Long>();
                admin.describeProducers(partitions).all().get().values().forEach(states -> states.activeProducers()
                        .forEach(state -> producers.add(state.producerId())));
                return new Seen(
                        topics,
                        ends,
                        admin.listGroups().all().get().stream()
                                .map(group -> group.groupId())
                                .collect(Collectors.toSet()),
                        admin.listTransactions().all().get().stream()
                                .map(each -> each.transactionalId())
                                .collect(Collectors.toSet()),
                        producers,
                        overrides(admin, names),
                        admin.describeClientQuotas(ClientQuotaFilter.all())
                                .entities()
                                .get(),
                        Set.copyOf(admin.describeUserScramCredentials().users().get()),
                        admin.describeFeatures().featureMetadata().get().finalizedFeatures());
            }
        }

        private static Map<ConfigResource, Map<String, String>> overrides(Admin admin, Set<String> topics)
                throws Exception {
            var resources = new ArrayList<ConfigResource>();
            topics.forEach(name -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name)));
            resources.add(new ConfigResource(ConfigResource.Type.BROKER, "0"));
            resources.add(new ConfigResource(ConfigResource.Type.BROKER, ""));
            resources.add(new ConfigResource(ConfigResource.Type.GROUP, "readers"));
            var overrides = new LinkedHashMap<ConfigResource, Map<String, String>>();
            admin.describeConfigs(resources).all().get().forEach((resource, config) -> {
                var own = config.entries().stream()
                        .filter(entry -> entry.source().name().startsWith("DYNAMIC"))
                        .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
                overrides.put(resource, own);
            });
            return overrides;
        }
    }

    private static void alter(Admin admin, ConfigResource.Type type, String name, String setting, String value)
            throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(type, name),
                        List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static void changeSettings(Admin admin) throws Exception {
        alter(admin, ConfigResource.Type.TOPIC, "orders", "retention.ms", "1000");
        alter(admin, ConfigResource.Type.BROKER, "0", "message.max.bytes", "2000");
        alter(admin, ConfigResource.Type.BROKER, "", "log.retention.ms", "5000");
        alter(admin, ConfigResource.Type.GROUP, "readers", "consumer.session.timeout.ms", "50000");
        alter(admin, ConfigResource.Type.CLIENT_METRICS, "all", "interval.ms", "1000");
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                        new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "greedy")),
                        List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1000.0)))))
                .all()
                .get();
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        "alice", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "secret")))
                .all()
                .get();
    }

    private static KafkaProducer<String, String> producer(EmbeddedBroker broker, String... more) {
        return new KafkaProducer<>(settings(broker, more), new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, String... more) {
        var settings = settings(broker, more);
        settings.putIfAbsent("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static Map<String, Object> settings(EmbeddedBroker broker, String... more) {
        var settings = broker.clientProperties();
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        var values = new ArrayList<String>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (values.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
        }
        return values;
    }

    /** Records, groups of both protocols, transactions ended and open. */
    private static void live(EmbeddedBroker broker, List<AutoCloseable> stillOpen) throws Exception {
        try (var producer = producer(broker)) {
            for (int i = 0; i < 30; i++) {
                producer.send(new ProducerRecord<>("orders", i % 3, "k", "old")).get();
                producer.send(new ProducerRecord<>("by-itself", "k", "old")).get();
            }
        }
        for (String protocol : List.of("classic", "consumer")) {
            // a static member that closes stays in its group
            try (var member = consumer(
                    broker, "group.id", "of-" + protocol, "group.protocol", protocol, "group.instance.id", "a")) {
                member.subscribe(List.of("orders"));
                assertThat(poll(member, 30)).hasSize(30);
                member.commitSync();
            }
        }
        for (String end : List.of("committed", "open")) {
            var producer = producer(broker, "transactional.id", "tx-" + end);
            stillOpen.add(() -> producer.close(Duration.ZERO));
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "old")).get();
            if (end.equals("committed")) {
                producer.commitTransaction();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everythingIsAsAfterTheStart(boolean onDisk) throws Exception {
        var builder = builder();
        if (onDisk) {
            builder.dataDirectory(directory);
        }
        var stillOpen = new ArrayList<AutoCloseable>();
        try (var broker = builder.build().start();
                var admin = Admin.create(broker.clientProperties())) {
            var atStart = Seen.of(broker);
            var ids = admin.describeTopics(List.of("orders")).allTopicNames().get();
            live(broker, stillOpen);
            admin.deleteTopics(List.of("audit")).all().get();
            admin.createTopics(List.of(new NewTopic("created", 2, (short) 1).configs(Map.of("segment.ms", "9999"))))
                    .all()
                    .get();
            changeSettings(admin);
            assertThat(Seen.of(broker)).isNotEqualTo(atStart);

            broker.reset();

            assertThat(Seen.of(broker)).isEqualTo(atStart);
            assertThat(admin.describeTopics(List.of("orders"))
                            .allTopicNames()
                            .get()
                            .get("orders")
                            .topicId())
                    .as("a topic that was made anew")
                    .isNotEqualTo(ids.get("orders").topicId());
            assertThat(admin.listClientMetricsResources().all().get()).isEmpty();

            broker.stopBroker(0);
            broker.startBroker(0);
            assertThat(Seen.of(broker)).isEqualTo(atStart);
            assertThat(broker.failure()).isEmpty();
        } finally {
            for (var client : stillOpen) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void clientsThatStayConnectedGoOn(String protocol) throws Exception {
        try (var broker = builder().build().start();
                var producer = producer(broker);
                var consumer = consumer(broker, "group.id", "readers", "group.protocol", protocol)) {
            consumer.subscribe(List.of("orders"));
            for (int round = 0; round < 5; round++) {
                var sent = new ArrayList<String>();
                for (int i = 0; i < 5; i++) {
                    sent.add(round + "-" + i);
                    producer.send(new ProducerRecord<>("orders", 0, "k", round + "-" + i))
                            .get();
                }
                assertThat(poll(consumer, 5)).as("each of them, and each once").isEqualTo(sent);
                if (round < 4) {
                    consumer.commitSync();
                    broker.reset();
                    assertThat(Seen.of(broker).groups())
                            .as("groups of members that are there")
                            .containsExactly("readers");
                }
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aConsumerThatStartsAtTheLatestCanBeAwaitedAgain(String protocol) throws Exception {
        var over = new AtomicBoolean();
        var values = new LinkedBlockingQueue<String>();
        try (var broker = builder().build().start()) {
            var reader = CompletableFuture.runAsync(() -> {
                try (var consumer = consumer(
                        broker, "group.id", "readers", "group.protocol", protocol, "auto.offset.reset", "latest")) {
                    consumer.subscribe(List.of("orders"));
                    while (!over.get()) {
                        consumer.poll(Duration.ofMillis(20)).forEach(record -> values.add(record.value()));
                    }
                }
            });
            for (int round = 0; round < 5; round++) {
                broker.inspect().awaitAssigned("readers");
                try (var producer = producer(broker)) {
                    producer.send(new ProducerRecord<>("orders", "round " + round))
                            .get();
                }
                assertThat(values.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("round " + round);
                broker.reset();
            }
            over.set(true);
            reader.get();
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void aMemberHasTheNewTopicsAtOnceAndIsToldWithoutLosingThem() throws Exception {
        var taken = new ArrayList<TopicPartition>();
        var listener = new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                taken.addAll(partitions);
            }
        };
        try (var broker = builder().build().start();
                var consumer = consumer(broker, "group.id", "readers", "group.protocol", "consumer")) {
            var inspect = broker.inspect();
            broker.recorder().start();
            consumer.subscribe(List.of("orders"), listener);
            pollUntil(consumer, () -> hasSaidThatItHasPartitions(broker));
            int before = inspect.group("readers").orElseThrow().generation();
            var members = inspect.members("readers");

            broker.reset();

            assertThat(inspect.members("readers"))
                    .as("with the partitions of topics of the same names")
                    .isEqualTo(members);
            pollUntil(consumer, () -> inspect.group("readers")
                    .filter(group -> group.isStable() && group.generation() > before)
                    .isPresent());
            broker.fixtures().produce("orders", "k", "new");
            assertThat(poll(consumer, 1)).containsExactly("new");
            assertThat(taken).isEmpty();
        }
    }

    private static boolean hasSaidThatItHasPartitions(EmbeddedBroker broker) {
        return broker.recorder().exchanges().stream()
                .filter(exchange -> exchange.answeredAt().isPresent())
                .flatMap(exchange -> exchange.request().stream())
                .anyMatch(request -> request instanceof ConsumerGroupHeartbeatRequest heartbeat
                        && heartbeat.topicPartitions != null
                        && !heartbeat.topicPartitions.isEmpty());
    }

    private static void pollUntil(KafkaConsumer<String, String> consumer, BooleanSupplier state) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            consumer.poll(Duration.ofMillis(20));
        }
    }

    @Test
    void nothingOldIsThereWhileClientsAreAtWork() throws Exception {
        var over = new AtomicBoolean();
        try (var broker = builder().build().start();
                var admin = Admin.create(broker.clientProperties());
                var own = producer(broker)) {
            var work = List.of(
                    runBeside(() -> transact(broker, over, "tx-a")),
                    runBeside(() -> transact(broker, over, "tx-b")),
                    runBeside(() -> read(broker, over, "classic")),
                    runBeside(() -> read(broker, over, "consumer")));
            for (int round = 0; round < 40; round++) {
                own.send(new ProducerRecord<>("audit", "k", "round " + round)).get();
                admin.createTopics(List.of(new NewTopic("extra", 1, (short) 1)))
                        .all()
                        .get();
                broker.reset();
                assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("orders", "audit");
                var audit = new TopicPartition("audit", 0);
                assertThat(admin.listOffsets(Map.of(audit, OffsetSpec.latest()))
                                .partitionResult(audit)
                                .get()
                                .offset())
                        .isZero();
            }
            over.set(true);
            for (Future<?> each : work) {
                each.get();
            }
            broker.reset();
            assertThat(Seen.of(broker).ends().values()).containsOnly(0L);
            assertThat(Seen.of(broker).groups()).isEmpty();
            assertThat(broker.failure()).isEmpty();
        }
    }

    /** On a thread of its own: the common pool may have fewer than what is to run at the same time. */
    private static CompletableFuture<Void> runBeside(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task, "beside resets").start());
    }

    /** Transactions, one after the other; what a reset refuses is begun anew, as an application does. */
    private static void transact(EmbeddedBroker broker, AtomicBoolean over, String id) {
        while (!over.get()) {
            try (var producer = producer(broker, "transactional.id", id, "retry.backoff.ms", "5")) {
                producer.initTransactions();
                while (!over.get()) {
                    producer.beginTransaction();
                    producer.send(new ProducerRecord<>("orders", 0, id, "value"));
                    producer.send(new ProducerRecord<>("orders", 1, id, "value"));
                    producer.commitTransaction();
                }
            } catch (KafkaException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    /** A member that goes and comes: some resets meet it connected, others do not, others on the way. */
    private static void read(EmbeddedBroker broker, AtomicBoolean over, String protocol) {
        while (!over.get()) {
            try (var consumer = consumer(broker, "group.id", "of-" + protocol, "group.protocol", protocol)) {
                consumer.subscribe(List.of("orders"));
                for (int i = 0; i < 20 && !over.get(); i++) {
                    consumer.poll(Duration.ofMillis(20));
                }
            } catch (KafkaException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    @Test
    void aStoppedBrokerIsNotReset() {
        try (var broker = builder().build().start()) {
            broker.stopBroker(0);
            assertThatThrownBy(broker::reset)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stopped (expected: running)");
            broker.startBroker(0);
            broker.reset();
            assertThat(broker.failure()).isEmpty();
        }
    }
}
