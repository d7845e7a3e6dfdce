package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.storage.disk.MemoryDisk;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public API: what holds when each call returns. */
class EmbeddedBrokerTest {
    @TempDir
    Path directory;

    @Test
    void topicsOfTheBuilderExistWhenStartReturns() throws Exception {
        try (var broker = EmbeddedBroker.builder().topic("orders", 3).build().start();
                var admin = Admin.create(broker.clientProperties())) {
            var orders = admin.describeTopics(List.of("orders"))
                    .allTopicNames()
                    .get()
                    .get("orders");
            assertThat(orders.partitions()).hasSize(3).allSatisfy(partition -> assertThat(partition.leader())
                    .isNotNull());
        }
    }

    @Test
    void brokersInOneProcessDoNotNoticeEachOther() throws Exception {
        try (var one = EmbeddedBroker.builder().topic("only-here", 1).build().start();
                var other = new EmbeddedBroker().start();
                var admin = Admin.create(other.clientProperties())) {
            assertThat(other.port()).isNotEqualTo(one.port());
            assertThat(admin.listTopics().names().get()).isEmpty();
            assertThatThrownBy(() -> admin.describeTopics(List.of("only-here"))
                            .allTopicNames()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
            try (var adminOfOne = Admin.create(one.clientProperties())) {
                assertThat(adminOfOne.describeCluster().clusterId().get())
                        .isNotEqualTo(admin.describeCluster().clusterId().get());
            }
        }
    }

    @Test
    void aTemporaryDirectoryIsGoneAfterCloseAndOneOfTheUsersStays() throws Exception {
        var before = TemporaryDirectories.now();
        try (var broker = EmbeddedBroker.builder().temporaryDirectory().build().start()) {
            assertThat(broker.port()).isPositive();
            assertThat(TemporaryDirectories.now()).hasSize(before.size() + 1).containsAll(before);
        }
        assertThat(TemporaryDirectories.now()).isEqualTo(before);
        try (var inMemory = new EmbeddedBroker().start()) {
            assertThat(inMemory.port()).isPositive();
            assertThat(TemporaryDirectories.now()).isEqualTo(before);
        }

        Path own = directory.resolve("not-there-yet");
        try (var broker = EmbeddedBroker.builder().dataDirectory(own).build().start()) {
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(own.resolve("meta.properties")).exists();
    }

    @Test
    void dataInMemoryOutlivesAStopAndIsGivenBackOnClose() throws Exception {
        var memory = new MemoryDisk();
        var broker = EmbeddedBroker.builder().disk(memory).topic("t", 1).build().start();
        var partition = new TopicPartition("t", 0);
        byte[] value = new byte[100_000];
        try (var producer =
                new KafkaProducer<>(broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("t", value)).get();
        }
        broker.stopBroker(0);
        broker.startBroker(0);
        try (var consumer = new KafkaConsumer<>(
                broker.clientProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var records = consumer.poll(Duration.ofSeconds(60));
            assertThat(records).hasSize(1).allSatisfy(record -> assertThat(record.value())
                    .isEqualTo(value));
        }
        assertThat(memory.bytesOffHeap()).isBetween(100_000L, 400_000L);
        assertThat(broker.failure()).isEmpty();
        broker.close();
        assertThat(memory.bytesOffHeap()).isZero();
    }

    @Test
    void aDirectoryInUseIsRefused() throws Exception {
        try (var broker =
                EmbeddedBroker.builder().dataDirectory(directory).build().start()) {
            assertThat(broker.failure()).isEmpty();
            var second = EmbeddedBroker.builder().dataDirectory(directory).build();
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString());
        }
        try (var again =
                EmbeddedBroker.builder().dataDirectory(directory).build().start()) {
            assertThat(again.failure()).isEmpty();
        }
    }

    @Test
    void aPortInUseIsRefusedAndNothingIsLeftBehind() throws Exception {
        var before = TemporaryDirectories.now();
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("localhost"))) {
            var broker = EmbeddedBroker.builder().port(taken.getLocalPort()).build();
            assertThatThrownBy(broker::start)
                    .isInstanceOf(java.io.UncheckedIOException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
        }
        assertThat(TemporaryDirectories.now()).isEqualTo(before);
    }

    @Test
    void aSettingThatIsNotValidSaysWhatWasExpected() {
        var broker = EmbeddedBroker.builder().config("num.partitions", "none").build();
        assertThatThrownBy(broker::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("num.partitions")
                .hasMessageContaining("none")
                .hasMessageContaining("expected");
    }

    @Test
    void anUnknownSettingIsPassedOver() {
        try (var broker =
                EmbeddedBroker.builder().config("num.partition", "3").build().start()) {
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void severalBrokersAreNotThereYet() {
        assertThatThrownBy(() -> EmbeddedBroker.builder().brokers(3))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("3");
    }

    @Test
    void closeMayBeCalledTwiceAndBeforeStart() {
        var broker = new EmbeddedBroker();
        broker.close();
        assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class);

        var started = new EmbeddedBroker().start();
        started.close();
        started.close();
        assertThatThrownBy(started::bootstrapServers).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStoppedBrokerStartsAgainOnItsPortWithItsData() throws Exception {
        var before = TemporaryDirectories.now();
        try (var broker = EmbeddedBroker.builder().topic("kept", 2).build().start();
                var admin = Admin.create(broker.clientProperties())) {
            int port = broker.port();
            var id = admin.describeTopics(List.of("kept"))
                    .allTopicNames()
                    .get()
                    .get("kept")
                    .topicId();
            broker.stopBroker(0);
            assertThatThrownBy(() -> new java.net.Socket("localhost", port))
                    .isInstanceOf(java.net.ConnectException.class);
            assertThatThrownBy(() -> broker.stopBroker(0)).isInstanceOf(IllegalStateException.class);

            broker.startBroker(0);
            assertThat(broker.port()).isEqualTo(port);
            assertThat(admin.describeTopics(List.of("kept"))
                            .allTopicNames()
                            .get()
                            .get("kept")
                            .topicId())
                    .isEqualTo(id);
            assertThatThrownBy(() -> broker.startBroker(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> broker.stopBroker(7)).isInstanceOf(IllegalArgumentException.class);
            broker.stopBroker(0);
        }
        assertThat(TemporaryDirectories.now()).isEqualTo(before);
    }

    @Test
    void clientPropertiesAreTheCallers() {
        try (var broker = new EmbeddedBroker().start()) {
            Map<String, Object> properties = broker.clientProperties();
            properties.put("group.id", "mine");
            assertThat(broker.clientProperties()).containsOnlyKeys("bootstrap.servers");
        }
    }
}
