package dev.embeddedbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A fleet of stock consumers that is rolled, one by one and at work, from the classic protocol to the consumer protocol
 * and back, beside an old client that only ever speaks the classic one. A ledger of every record says that none is lost.
 */
class GroupMigrationTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 8;
    private static final int BATCH = 100;
    private static final int MEMBERS = 2;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> shared = new ConcurrentHashMap<>();
    private final List<Member> running = new ArrayList<>();
    private EmbeddedBroker broker;
    private int produced;
    private int members;

    private record Member(String name, ClientRelease release, Map<String, String> view, Future<List<String>> outcome) {}

    @AfterEach
    void stopAll() {
        running.forEach(member -> member.view().put("stop " + member.name(), ""));
        threads.shutdown();
        if (broker != null) {
            broker.close();
        }
    }

    private Member start(String version, Map<String, String> consumer) throws Exception {
        String name = "m" + ++members;
        var view = new ConcurrentHashMap<String, String>();
        view.put("bootstrap", broker.bootstrapServers());
        view.put("topic", TOPIC);
        view.put("member", name);
        view.put("consumer.group.id", "g");
        view.put("consumer.client.id", name);
        consumer.forEach((key, value) -> view.put("consumer." + key, value));
        var release = new ClientRelease(version);
        var member = new Member(name, release, view, threads.submit(() -> release.run("readOn", view)));
        running.add(member);
        return member;
    }

    private void stop(Member member) throws Exception {
        member.view().put("stop " + member.name(), "");
        member.outcome().get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        running.remove(member);
        shared.putAll(member.view());
        member.release().close();
    }

    private void produce() {
        var settings = Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < BATCH; i++) {
                producer.send(new ProducerRecord<>(TOPIC, produced % PARTITIONS, null, "v" + produced++));
            }
        }
    }

    private boolean isEverybodyAtWork() {
        return running.stream().allMatch(member -> member.view().containsKey("is assigned"));
    }

    /** Produces, and waits until the members between them have read everything that ever was. */
    private void work() throws Exception {
        produce();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!isEverybodyAtWork() || !missing().isEmpty()) {
            assertThat(System.nanoTime()).as("deadline, missing %s", missing()).isLessThan(deadline);
            for (Member member : running) {
                if (member.outcome().isDone()) {
                    member.outcome().get(); // it must not have ended
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private List<String> missing() {
        var missing = new ArrayList<String>();
        for (int i = 0; i < produced; i++) {
            String key = "read v" + i;
            if (!shared.containsKey(key)
                    && running.stream().noneMatch(member -> member.view().containsKey(key))) {
                missing.add("v" + i);
            }
        }
        return missing;
    }

    private GroupType type(Admin admin) throws Exception {
        var group = admin.listGroups().all().get().iterator().next();
        return group.type().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RangeAssignor", "CooperativeStickyAssignor"})
    void fleetIsRolledToTheConsumerProtocolAndBackWithoutLoss(String assignor) throws Exception {
        var classic = new HashMap<String, String>();
        classic.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + assignor);
        classic.put("heartbeat.interval.ms", "100");
        Map<String, String> modern = Map.of("group.protocol", "consumer");
        broker = EmbeddedBroker.builder()
                .config("group.consumer.min.heartbeat.interval.ms", "100")
                .config(
                        "group.consumer.heartbeat.interval.ms",
                        "300") // not 5 s, in which members at rest learn of others
                .build()
                .start();
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            Deque<Member> fleet = new ArrayDeque<>();
            var old = start("2.8.2", classic);
            for (int i = 0; i < MEMBERS; i++) {
                fleet.add(start("4.4.0", classic));
            }
            work();
            assertThat(type(admin)).isEqualTo(GroupType.CLASSIC);
            for (int i = 0; i < MEMBERS; i++) {
                fleet.add(start("4.4.0", modern));
                work();
                stop(fleet.remove());
                work();
            }
            assertThat(type(admin)).isEqualTo(GroupType.CONSUMER);
            for (int i = 0; i < MEMBERS; i++) {
                fleet.add(start("4.4.0", classic));
                work();
                stop(fleet.remove());
                work();
            }
            assertThat(type(admin)).isEqualTo(GroupType.CLASSIC);
            for (Member member : List.copyOf(running)) {
                stop(member);
            }
            assertThat(fleet).hasSize(MEMBERS);
            assertThat(old.outcome().isDone()).isTrue();
            assertEverythingIsCommitted(admin);
            assertThat(broker.failure()).isEmpty();
        }
    }

    private void assertEverythingIsCommitted(Admin admin) throws Exception {
        var committed = admin.listConsumerGroupOffsets("g")
                .partitionsToOffsetAndMetadata()
                .get();
        for (int i = 0; i < PARTITIONS; i++) {
            long written = (produced + PARTITIONS - 1 - i) / PARTITIONS;
            assertThat(committed.get(new TopicPartition(TOPIC, i)).offset())
                    .as("partition %s", i)
                    .isEqualTo(written);
        }
    }
}
