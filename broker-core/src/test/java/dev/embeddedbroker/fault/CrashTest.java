package dev.embeddedbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.FreePort;
import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that ends as if its process was killed, and starts again on its port. */
@Timeout(180)
class CrashTest {
    private static final int CRASHES = 5;
    private static final int IN_FLIGHT = 200;
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    /** Where the data is. */
    enum Place {
        MEMORY,
        TEMPORARY_DIRECTORY,
        OWN_DIRECTORY
    }

    private EmbeddedBroker broker(Place place) throws IOException {
        var builder = EmbeddedBroker.builder()
                .topic("orders", 1)
                .config("offsets.topic.num.partitions", "1")
                .port(FreePort.any());
        builder = switch (place) {
            case MEMORY -> builder.inMemory();
            case TEMPORARY_DIRECTORY -> builder.temporaryDirectory();
            case OWN_DIRECTORY -> builder.dataDirectory(directory);
        };
        return builder.build().start();
    }

    private static KafkaProducer<String, String> producer(EmbeddedBroker broker, Map<String, Object> more) {
        var settings = new HashMap<>(broker.clientProperties());
        settings.put("reconnect.backoff.ms", 10);
        settings.put("reconnect.backoff.max.ms", 100);
        settings.putAll(more);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, Map<String, Object> more) {
        var settings = new HashMap<>(broker.clientProperties());
        settings.put("auto.offset.reset", "earliest");
        settings.put("reconnect.backoff.ms", 10);
        settings.put("reconnect.backoff.max.ms", 100);
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static List<ConsumerRecord<String, String>> readAll(EmbeddedBroker broker, Map<String, Object> more) {
        try (var consumer = consumer(broker, more)) {
            consumer.assign(List.of(ORDERS));
            long end = consumer.endOffsets(List.of(ORDERS)).get(ORDERS);
            var read = new ArrayList<ConsumerRecord<String, String>>();
            while (consumer.position(ORDERS) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
            }
            return read;
        }
    }

    @ParameterizedTest
    @EnumSource
    void underLoadNothingThatWasAcknowledgedIsLostAndNothingIsThereTwice(Place place) throws Exception {
        try (var broker = broker(place)) {
            var acknowledged = new ConcurrentHashMap<Integer, Long>();
            var failure = new AtomicReference<Exception>();
            var stop = new AtomicBoolean();
            var sent = new AtomicInteger();
            var load = new Thread(() -> load(broker, acknowledged, sent, failure, stop), "load");
            load.start();
            int port = broker.port();
            for (int crash = 0; crash < CRASHES; crash++) {
                int goal = acknowledged.size() + 200;
                while (acknowledged.size() < goal && load.isAlive()) {
                    load.join(1);
                }
                broker.crashBroker(0);
                broker.startBroker(0);
                assertThat(broker.port()).isEqualTo(port);
            }
            stop.set(true);
            load.join();

            assertThat(failure.get()).isNull();
            var read = readAll(broker, Map.of());
            assertThat(read).hasSize(sent.get());
            for (int i = 0; i < read.size(); i++) {
                assertThat(read.get(i).value()).isEqualTo("v" + i);
                long told = acknowledged.get(i);
                assertThat(told == -1 || told == read.get(i).offset()).isTrue();
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    private static void load(
            EmbeddedBroker broker,
            Map<Integer, Long> acknowledged,
            AtomicInteger sent,
            AtomicReference<Exception> failure,
            AtomicBoolean stop) {
        var room = new Semaphore(IN_FLIGHT);
        try (var producer = producer(broker, Map.of("linger.ms", 0, "delivery.timeout.ms", 120_000))) {
            while (!stop.get() && failure.get() == null) {
                room.acquire();
                int number = sent.getAndIncrement();
                producer.send(new ProducerRecord<>("orders", 0, "k", "v" + number), (written, failed) -> {
                    room.release();
                    if (failed != null) {
                        failure.compareAndSet(null, failed);
                    } else {
                        acknowledged.put(number, written.offset());
                    }
                });
            }
            producer.flush();
        } catch (InterruptedException e) {
            failure.compareAndSet(null, e);
        }
    }

    @Test
    void aGroupGoesOnWhereItCommitted() throws Exception {
        try (var broker = broker(Place.MEMORY);
                var producer = producer(broker, Map.of());
                var consumer = consumer(broker, Map.of("group.id", "readers", "enable.auto.commit", false))) {
            for (int i = 0; i < 4; i++) {
                producer.send(new ProducerRecord<>("orders", 0, "k", "v" + i)).get();
            }
            consumer.subscribe(List.of("orders"));
            var read = new ArrayList<String>();
            while (read.size() < 4) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value()));
            }
            consumer.commitSync(Map.of(ORDERS, new OffsetAndMetadata(4)));

            broker.crashBroker(0);
            broker.startBroker(0);

            producer.send(new ProducerRecord<>("orders", 0, "k", "v4")).get();
            while (read.size() < 5) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value()));
            }
            assertThat(read).containsExactly("v0", "v1", "v2", "v3", "v4");
            assertThat(consumer.committed(java.util.Set.of(ORDERS)).get(ORDERS).offset())
                    .isEqualTo(4);
        }
    }

    @Test
    void anOpenTransactionGoesOnAndOneWhoseProducerIsGoneIsAborted() throws Exception {
        try (var broker = broker(Place.MEMORY)) {
            var goesOn = producer(broker, Map.of("transactional.id", "goes-on"));
            var isGone = producer(broker, Map.of("transactional.id", "is-gone"));
            try (goesOn) {
                goesOn.initTransactions();
                goesOn.beginTransaction();
                goesOn.send(new ProducerRecord<>("orders", 0, "k", "before"));
                goesOn.flush();
                isGone.initTransactions();
                isGone.beginTransaction();
                isGone.send(new ProducerRecord<>("orders", 0, "k", "lost"));
                isGone.flush();

                broker.crashBroker(0);
                isGone.close(Duration.ZERO);
                broker.startBroker(0);

                goesOn.send(new ProducerRecord<>("orders", 0, "k", "after"));
                goesOn.commitTransaction();
                try (var again = producer(broker, Map.of("transactional.id", "is-gone"))) {
                    again.initTransactions();
                    again.beginTransaction();
                    again.send(new ProducerRecord<>("orders", 0, "k", "again"));
                    again.commitTransaction();
                }
            }
            assertThat(readAll(broker, Map.of("isolation.level", "read_committed")))
                    .extracting(ConsumerRecord::value)
                    .containsExactly("before", "after", "again");
        }
    }

    @Test
    void connectionsAreResetAndNothingListens() throws Exception {
        try (var broker = broker(Place.MEMORY)) {
            var address = new InetSocketAddress("localhost", broker.port());
            try (var client = new WireClient(address)) {
                client.ask(
                        ApiKeys.API_VERSIONS,
                        3,
                        1,
                        new ApiVersionsRequestData().setClientSoftwareName("t").setClientSoftwareVersion("1"));
                broker.crashBroker(0);
                assertThat(client.isClosedByServer()).isTrue();
            }
            assertThatThrownBy(() -> new WireClient(address)).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> broker.crashBroker(0)).hasMessageContaining("is stopped (expected: running)");
            broker.startBroker(0);
            new WireClient(address).close();
        }
    }

    @Test
    void thePortIsNobodyElsesUntilTheBrokerIsBackOrClosed() throws Exception {
        int port;
        try (var broker = broker(Place.MEMORY)) {
            port = broker.port();
            for (Consumer<EmbeddedBroker> end : List.<Consumer<EmbeddedBroker>>of(
                    running -> running.stopBroker(0), running -> running.crashBroker(0))) {
                end.accept(broker);
                assertThatThrownBy(() -> listen(port)).isInstanceOf(BindException.class);
                assertThatThrownBy(() -> new WireClient(new InetSocketAddress("localhost", port)))
                        .isInstanceOf(ConnectException.class);
                broker.startBroker(0);
                assertThat(broker.port()).isEqualTo(port);
                assertThat(readAll(broker, Map.of())).isEmpty();
            }
            broker.stopBroker(0);
        }
        listen(port).close();
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByName("localhost"));
    }

    @Test
    void nothingSaysThatTheEndWasClean() throws Exception {
        try (var broker = broker(Place.OWN_DIRECTORY);
                var producer = producer(broker, Map.of())) {
            producer.send(new ProducerRecord<>("orders", 0, "k", "v")).get();
            broker.crashBroker(0);
            assertThat(directory.resolve(".kafka_cleanshutdown")).doesNotExist();
            broker.startBroker(0);
            broker.stopBroker(0);
            assertThat(directory.resolve(".kafka_cleanshutdown")).exists();
            broker.startBroker(0);
            assertThat(readAll(broker, Map.of())).hasSize(1);
        }
    }

    @Test
    void aBrokerThatCrashedIsClosedLikeAnyOther() throws Exception {
        var broker = broker(Place.TEMPORARY_DIRECTORY);
        try (broker) {
            broker.crashBroker(0);
        }
        broker.close();
        assertThatThrownBy(broker::port).hasMessageContaining("was closed");
    }

    @Test
    void rulesOutliveACrashAndWhatTheyHeldIsGoneWithTheBroker() throws Exception {
        try (var broker = broker(Place.MEMORY);
                var producer = producer(broker, Map.of("client.id", "shop"))) {
            var rule = broker.faults()
                    .on(dev.embeddedbroker.protocol.ApiKey.PRODUCE)
                    .clientId("shop")
                    .first(1)
                    .then(Verdict.stall());
            // the first request after the start finds the rule over, and goes on
            var answer = producer.send(new ProducerRecord<>("orders", 0, "k", "v"));
            rule.awaitFired(1, Duration.ofSeconds(60));
            broker.crashBroker(0);
            broker.startBroker(0);
            assertThat(answer.get().offset()).isZero();
            rule.release();
            assertThat(readAll(broker, Map.of())).hasSize(1);
            assertThat(rule.fired()).isOne();
        }
    }
}
