package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Members of one group, each a stock consumer on a thread of its own that does nothing but poll, and the moment all
 * partitions are shared out among all of them.
 */
final class Swarm implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Map<String, Object> settings;
    private final String topic;
    private final int partitions;
    private final List<Member> members = new ArrayList<>();

    /** Guarded by this: what each member says it has. */
    private final Map<Integer, List<TopicPartition>> owned = new HashMap<>();

    private int joined;

    /** @param protocol {@code group.protocol} of the members */
    Swarm(String bootstrap, String group, String topic, int partitions, String protocol) {
        this.topic = topic;
        this.partitions = partitions;
        settings = new TreeMap<>(Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "group.protocol",
                protocol,
                "auto.offset.reset",
                "earliest",
                "key.deserializer",
                ByteArrayDeserializer.class.getName(),
                "value.deserializer",
                ByteArrayDeserializer.class.getName()));
    }

    /** Makes members, which wait for {@link #subscribe}. */
    void add(int count) {
        for (int i = 0; i < count; i++) {
            members.add(new Member(joined++));
        }
    }

    /** All that have not yet subscribe, at once. */
    void subscribe() {
        members.forEach(Member::startOnce);
    }

    /** Sends the first member away. */
    void removeOne() {
        members.remove(0).end();
    }

    /** Waits until every member has something, nothing is held by two, and all of it is held. */
    synchronized void awaitSettled() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!isSettled()) {
            long restMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (restMs <= 0) {
                throw new IllegalStateException("not settled in time: " + owned);
            }
            wait(restMs);
        }
    }

    private boolean isSettled() {
        if (owned.size() != members.size()) {
            return false;
        }
        int sum = 0;
        var distinct = new HashSet<TopicPartition>();
        for (var held : owned.values()) {
            if (held.isEmpty()) {
                return false;
            }
            sum += held.size();
            distinct.addAll(held);
        }
        return sum == partitions && distinct.size() == partitions;
    }

    private synchronized void note(int member, Collection<TopicPartition> held) {
        owned.put(member, List.copyOf(held));
        notifyAll();
    }

    private synchronized void forget(int member) {
        owned.remove(member);
        notifyAll();
    }

    @Override
    public void close() {
        members.forEach(Member::wake);
        members.forEach(Member::end);
    }

    /** One member. */
    private final class Member implements ConsumerRebalanceListener {
        private final int number;
        private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings);
        private final Thread thread;
        private boolean isStarted;
        private volatile boolean isOver;

        Member(int number) {
            this.number = number;
            this.thread = new Thread(this::run, "member-" + number);
        }

        void startOnce() {
            if (!isStarted) {
                isStarted = true;
                thread.start();
            }
        }

        private void run() {
            try (consumer) {
                consumer.subscribe(List.of(topic), this);
                while (!isOver) {
                    var unused = consumer.poll(Duration.ofSeconds(1));
                }
            } catch (WakeupException ends) {
                if (!isOver) {
                    throw ends;
                }
            } finally {
                forget(number);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            var rest = new ArrayList<>(consumer.assignment());
            rest.removeAll(revoked);
            note(number, rest);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            note(number, consumer.assignment());
        }

        void wake() {
            isOver = true;
            consumer.wakeup();
        }

        void end() {
            wake();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while " + thread.getName() + " ends", e);
            }
        }
    }
}
