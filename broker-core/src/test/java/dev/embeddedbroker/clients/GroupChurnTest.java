package dev.embeddedbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Members of one group join, leave and crash under load: stock consumers of several releases beside each other. Every
 * record is seen, in order within a partition, and no member starts behind a record nobody has seen. A failure names the
 * seed.
 */
class GroupChurnTest {
    private static final int PARTITIONS = 6;
    private static final int MOST_MEMBERS = 5;
    private static final int RECORDS_PER_STEP = 120;
    private static final long PATIENCE_MS = 120_000;
    private static final String TOPIC = "load";
    private static final String GROUP = "churned";
    private static final String KCAT = "kcat";

    @Test
    @Timeout(300)
    void classicGroupOfFourReleasesLosesNothing() throws Exception {
        new Churn("classic", List.of("4.4.0", "4.0.2", "3.9.2", "2.8.2")).run(10);
    }

    @Test
    @Timeout(300)
    void groupOfConsumersAndKcatsLosesNothing() throws Exception {
        assumeTrue(KcatMember.isInstalled(), "kcat is not installed");
        new Churn("classic", List.of(KCAT, "4.4.0", KCAT)).run(6);
    }

    @Test
    @Timeout(300)
    void groupOfTheConsumerProtocolLosesNothing() throws Exception {
        new Churn("consumer", List.of("4.4.0", "4.0.2")).run(8);
    }

    @Test
    @Tag("long")
    @Timeout(1200)
    @EnabledIfSystemProperty(named = "long.tests", matches = "true")
    void classicGroupLosesNothingInAHundredChanges() throws Exception {
        new Churn("classic", List.of("4.4.0", "4.0.2", "3.9.2", "2.8.2")).run(100);
    }

    @Test
    @Tag("long")
    @Timeout(1200)
    @EnabledIfSystemProperty(named = "long.tests", matches = "true")
    void groupOfTheConsumerProtocolLosesNothingInAHundredChanges() throws Exception {
        new Churn("consumer", List.of("4.4.0", "4.0.2")).run(100);
    }

    /** One group's history. */
    private static final class Churn {
        private final String protocol;
        private final List<String> releases;
        private final long seed = new Random().nextLong();
        private final Random random = new Random(seed);
        private final Ledger ledger;
        private final List<Member> members = new ArrayList<>();
        private final Map<String, ClientRelease> loaded = new HashMap<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private int joined;
        private long sent;

        Churn(String protocol, List<String> releases) {
            this.protocol = protocol;
            this.releases = releases;
            this.ledger = new Ledger(PARTITIONS, !releases.contains(KCAT));
        }

        void run(int steps) throws Exception {
            try (var proxy = new CuttingProxy();
                    var broker = broker(proxy)) {
                proxy.leadTo(broker.port());
                String bootstrap = "localhost:" + proxy.port();
                try (var producer = producer(broker.bootstrapServers())) {
                    join(bootstrap);
                    for (int step = 0; step < steps; step++) {
                        step(bootstrap, proxy);
                        send(producer);
                        await(sent - RECORDS_PER_STEP / 2);
                    }
                    await(sent);
                }
                for (var member : List.copyOf(members)) {
                    end(member, GroupMember.LEAVE);
                }
                assertThat(failure.get()).as("seed " + seed).isNull();
                assertThat(broker.failure()).as("seed " + seed).isEmpty();
            } finally {
                for (var member : members) {
                    member.fate.set(GroupMember.CRASHED);
                    member.ender.accept(GroupMember.CRASHED);
                }
                for (var release : loaded.values()) {
                    release.close();
                }
            }
        }

        private static EmbeddedBroker broker(CuttingProxy proxy) {
            return EmbeddedBroker.builder()
                    .config("listeners", "PLAINTEXT://localhost:0")
                    .config("advertised.listeners", "PLAINTEXT://localhost:" + proxy.port())
                    .config("group.min.session.timeout.ms", "1000")
                    .config("group.consumer.min.session.timeout.ms", "1000")
                    .config("group.consumer.min.heartbeat.interval.ms", "100")
                    .config("group.consumer.session.timeout.ms", "3000")
                    .config("group.consumer.heartbeat.interval.ms", "500")
                    .topic(TOPIC, PARTITIONS)
                    .build()
                    .start();
        }

        private static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
            return new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer());
        }

        private void step(String bootstrap, CuttingProxy proxy) throws Exception {
            boolean mayGrow = members.size() < MOST_MEMBERS;
            boolean mayShrink = members.size() > 1;
            int choice = random.nextInt(4);
            if (mayGrow && (choice < 2 || !mayShrink)) {
                join(bootstrap);
            } else if (choice == 2) {
                end(members.get(random.nextInt(members.size())), GroupMember.LEAVE);
            } else {
                var victim = members.get(random.nextInt(members.size()));
                proxy.cut(victim.clientId);
                end(victim, GroupMember.CRASHED);
            }
        }

        private void send(KafkaProducer<byte[], byte[]> producer) throws ExecutionException, InterruptedException {
            for (int i = 0; i < RECORDS_PER_STEP; i++) {
                byte[] value = ("record " + sent++).getBytes(StandardCharsets.UTF_8);
                var unused = producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, value));
            }
            producer.flush();
        }

        private void await(long records) throws InterruptedException {
            boolean isDone = ledger.awaitCount(records, PATIENCE_MS);
            assertThat(ledger.complaint()).as("seed " + seed).isEmpty();
            assertThat(failure.get()).as("seed " + seed).isNull();
            assertThat(isDone)
                    .as("seed " + seed + ": " + ledger.count() + " of " + records + " seen by " + members)
                    .isTrue();
        }

        private void join(String bootstrap) throws Exception {
            String release = releases.get(random.nextInt(releases.size()));
            var member = new Member("member-" + ++joined + "-of-" + release);
            members.add(member);
            if (release.equals(KCAT)) {
                var kcat = new KcatMember(bootstrap, GROUP, member.clientId, TOPIC);
                member.ender = kcat::end;
                member.start(kcat, Map.of());
                return;
            }
            var client = loaded.get(release);
            if (client == null) {
                client = new ClientRelease(release);
                loaded.put(release, client);
            }
            member.start(client.member(), settings(bootstrap, member.clientId));
            if (random.nextBoolean()) {
                assertThat(member.assigned.await(PATIENCE_MS, TimeUnit.MILLISECONDS))
                        .as("seed " + seed + ": " + member + " is assigned to")
                        .isTrue();
            }
        }

        private Map<String, Object> settings(String bootstrap, String clientId) {
            var settings = new HashMap<String, Object>(Map.of(
                    "bootstrap.servers", bootstrap,
                    "group.id", GROUP,
                    "client.id", clientId,
                    "enable.auto.commit", "false",
                    "auto.offset.reset", "earliest",
                    "key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer",
                    "value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer"));
            if (protocol.equals("consumer")) {
                settings.put("group.protocol", "consumer");
            } else {
                settings.put("session.timeout.ms", "3000");
                settings.put("heartbeat.interval.ms", "500");
            }
            return settings;
        }

        private void end(Member member, int fate) throws InterruptedException {
            if (member.clientId.endsWith(KCAT)) {
                await(sent); // ended in the middle, kcat commits a record that it does not print any more
            }
            members.remove(member);
            member.fate.set(fate);
            member.ender.accept(fate);
            member.thread.join(PATIENCE_MS);
            assertThat(member.thread.isAlive())
                    .as("seed " + seed + ": " + member + " ends")
                    .isFalse();
        }

        /** One member and its thread. */
        private final class Member {
            private final String clientId;
            private final AtomicInteger fate = new AtomicInteger();
            private final CountDownLatch assigned = new CountDownLatch(1);
            private IntConsumer ender = fate -> {};
            private Thread thread = Thread.currentThread();

            Member(String clientId) {
                this.clientId = clientId;
            }

            void start(BiConsumer<String, Map<String, Object>> code, Map<String, Object> settings) {
                BiConsumer<String, long[]> saw =
                        (topic, record) -> ledger.saw(clientId, (int) record[0], record[1], record[2]);
                Map<String, Object> arguments =
                        Map.of("settings", settings, "fate", fate, "assigned", assigned, "saw", saw);
                thread = new Thread(() -> code.accept(TOPIC, arguments), clientId);
                thread.setContextClassLoader(code.getClass().getClassLoader());
                thread.setUncaughtExceptionHandler((dead, e) -> {
                    if (fate.get() != GroupMember.CRASHED) {
                        failure.compareAndSet(null, e);
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }

            @Override
            public String toString() {
                return clientId;
            }
        }
    }
}
