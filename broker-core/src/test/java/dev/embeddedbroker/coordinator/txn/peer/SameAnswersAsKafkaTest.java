package dev.embeddedbroker.coordinator.txn.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.coordinator.txn.peer.Script.Step;
import dev.embeddedbroker.coordinator.txn.peer.Side.Identity;
import dev.embeddedbroker.net.FreePort;
import dev.embeddedbroker.outgrow.ApacheKafka;
import dev.embeddedbroker.outgrow.Directories;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Apache Kafka 4.4.0 and this broker, on copies of one directory, are asked the same about transactions, in every version of
 * every request, by producers with right and wrong epochs: they answer the same, field by field. The directory has
 * transactional ids whose epochs are nearly used up. Only that this broker is done with a transaction when it answers, and
 * Kafka later says CONCURRENT_TRANSACTIONS until it is, is left out of the comparison.
 *
 * <p>{@code -Dlong.tests=true} asks more, from a new seed; {@code -Dpeer.seed} and {@code -Dpeer.steps} ask the same again.
 */
class SameAnswersAsKafkaTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "20",
            "unstable.api.versions.enable", "true",
            "log.retention.check.interval.ms", "100",
            "log.initial.task.delay.ms", "0",
            "producer.id.expiration.check.interval.ms", "100");
    private static final List<String> IDS =
            List.of("id-0", "id-1", "id-2", "worn-0", "worn-1", "worn-2", "worn-3", "open-0", "open-1", "open-2");
    private static final List<String> OTHER_IDS = List.of("old-0", "old-1", "old-2");
    private static final int STEPS = Integer.getInteger("peer.steps", Boolean.getBoolean("long.tests") ? 1_000 : 40);
    private static final int HISTORY = 25;

    @TempDir
    Path root;

    private final ArrayDeque<String> history = new ArrayDeque<>();
    private Side kafka;
    private Side ours;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothAnswerTheSame(boolean twoPhase) throws Exception {
        long seed = Long.getLong("peer.seed", Boolean.getBoolean("long.tests") ? System.nanoTime() : 1);
        var settings = new HashMap<>(SETTINGS);
        settings.put("transaction.two.phase.commit.enable", Boolean.toString(twoPhase));
        int kafkaPort = FreePort.any();
        int port = FreePort.any();
        Path theirs = root.resolve("kafka");
        var topicId = prepare(theirs, kafkaPort);
        Path copy = Directories.copy(theirs, root.resolve("ours"));
        try (var apache = ApacheKafka.start(theirs, kafkaPort, settings);
                var broker = embedded(copy, port, settings)) {
            try (var left = new Side("Kafka", kafkaPort);
                    var right = new Side("this broker", port)) {
                kafka = left;
                ours = right;
                var script = new Script(seed, new Requests(topicId));
                seeds().forEach((id, state) -> {
                    int key = script.known(id);
                    kafka.know(key, new Identity(state.producerId(), state.producerEpoch()));
                    ours.know(key, new Identity(state.producerId(), state.producerEpoch()));
                });
                script.about(IDS, true);
                play(script, "seed " + seed);
                setLevel(1, apache.bootstrapServers(), broker.bootstrapServers());
                play(script, "seed " + seed + ", transaction.version 1");
                setLevel(0, apache.bootstrapServers(), broker.bootstrapServers());
                // Kafka is at a loss for ids that met newer clients: its older records cannot say so
                script.about(OTHER_IDS, false);
                play(script, "seed " + seed + ", transaction.version 0");
                setLevel(2, apache.bootstrapServers(), broker.bootstrapServers());
                script.about(Stream.concat(IDS.stream(), OTHER_IDS.stream()).toList(), true);
                play(script, "seed " + seed + ", transaction.version 2 again");
                if (!twoPhase) {
                    String what = "seed " + seed + ", data and producers expired";
                    expire(apache.bootstrapServers(), broker.bootstrapServers());
                    play(script, what);
                }
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    private void play(Script script, String what) {
        for (int i = 0; i < STEPS; i++) {
            compare(script.next(), what);
            if (i % 10 == 9) {
                script.look().forEach(step -> compare(step, what));
            }
        }
    }

    private void compare(Step step, String what) {
        String theirs = step.ask().apply(kafka);
        String mine = step.ask().apply(ours);
        assertThat(mine)
                .as("%s, answer to: %s; Kafka's answers before:%n%s", what, step.what(), String.join("\n", history))
                .isEqualTo(theirs);
        history.add(step.what() + " -> " + theirs);
        if (history.size() > HISTORY) {
            history.remove();
        }
    }

    // ---- time ----

    /** Every record is deleted for its age, also of open transactions, and every producer forgotten that has none open. */
    private void expire(String... brokers) throws Exception {
        keepFor("1", "1", brokers);
        for (var side : List.of(kafka, ours)) {
            awaitThat(side, () -> Script.areEmpty(side), "records are deleted");
            awaitThat(side, () -> Script.areForgotten(side), "producers are forgotten");
        }
        keepFor("-1", "86400000", brokers);
    }

    private static void keepFor(String dataMs, String producersMs, String... brokers) throws Exception {
        for (String bootstrap : brokers) {
            try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, Requests.TOPIC),
                                List.of(set("retention.ms", dataMs)),
                                new ConfigResource(ConfigResource.Type.BROKER, ""),
                                List.of(set("producer.id.expiration.ms", producersMs))))
                        .all()
                        .get();
            }
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static void awaitThat(Side side, BooleanSupplier isSo, String what) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!isSo.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + " of " + side.name).isLessThan(deadline);
        }
    }

    // ---- the directory ----

    private static Map<String, TxnTransitMetadata> seeds() {
        var all = new HashMap<String, TxnTransitMetadata>();
        all.put("worn-0", seed(900, 32_764, TransactionState.EMPTY, false));
        all.put("worn-1", seed(901, 32_765, TransactionState.COMPLETE_COMMIT, false));
        all.put("worn-2", seed(902, 32_766, TransactionState.COMPLETE_ABORT, false));
        all.put("worn-3", seed(903, 32_767, TransactionState.COMPLETE_ABORT, false));
        all.put("open-0", seed(904, 32_765, TransactionState.ONGOING, true));
        all.put("open-1", seed(905, 32_766, TransactionState.ONGOING, true));
        all.put("open-2", seed(906, 7, TransactionState.ONGOING, true));
        return all;
    }

    private static TxnTransitMetadata seed(long producerId, int epoch, TransactionState state, boolean isOpen) {
        long now = System.currentTimeMillis();
        return new TxnTransitMetadata(
                producerId,
                producerId,
                -1,
                (short) epoch,
                (short) -1,
                600_000,
                state,
                isOpen ? new HashSet<>(Set.of(new TopicPartition("t", 0))) : new HashSet<>(),
                isOpen || state != TransactionState.EMPTY ? now : -1,
                now,
                TransactionVersion.TV_2);
    }

    private static Uuid prepare(Path directory, int port) throws Exception {
        ApacheKafka.format(directory, Uuid.randomUuid().toString());
        try (var kafka = ApacheKafka.start(directory, port, Map.of());
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var created = admin.createTopics(List.of(new NewTopic(Requests.TOPIC, Requests.PARTITIONS, (short) 1)
                    .configs(Map.of("retention.ms", "-1", "segment.ms", "9000000000000000"))));
            var id = created.topicId(Requests.TOPIC).get();
            makeInternalTopics(kafka.bootstrapServers());
            // Kafka lets its own administrators write to internal topics, and knows them by this name
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "client.id", "__admin_client"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (var seed : seeds().entrySet()) {
                    producer.send(new ProducerRecord<>(
                                    "__transaction_state",
                                    Utils.abs(seed.getKey().hashCode()) % 2,
                                    TransactionLog.keyToBytes(seed.getKey()),
                                    TransactionLog.valueToBytes(seed.getValue(), TransactionVersion.TV_2)))
                            .get();
                }
            }
            return id;
        }
    }

    private static void makeInternalTopics(String bootstrap) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrap, "transactional.id", "first");
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        }
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "group.id", "first", "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.commitSync(Map.of(new TopicPartition(Requests.TOPIC, 0), new OffsetAndMetadata(0)));
        }
    }

    private static EmbeddedBroker embedded(Path directory, int port, Map<String, String> settings) {
        var builder = EmbeddedBroker.builder()
                .port(port)
                .dataDirectory(directory)
                .config("node.id", Integer.toString(ApacheKafka.NODE_ID));
        var all = new HashMap<>(ApacheKafka.SMALL);
        all.putAll(settings);
        all.forEach(builder::config);
        return builder.build().start();
    }

    private static void setLevel(int level, String... brokers) throws Exception {
        for (String bootstrap : brokers) {
            try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                var type = level < 2 ? FeatureUpdate.UpgradeType.SAFE_DOWNGRADE : FeatureUpdate.UpgradeType.UPGRADE;
                var update = Map.of("transaction.version", new FeatureUpdate((short) level, type));
                admin.updateFeatures(update, new UpdateFeaturesOptions()).all().get();
            }
        }
    }
}
