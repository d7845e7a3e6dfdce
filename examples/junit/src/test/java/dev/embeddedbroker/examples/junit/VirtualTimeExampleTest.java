package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.ClientSettings;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What an application meets after minutes and days, in a test of milliseconds: the broker's time is the test's to advance. */
@WithBroker(
        manualTime = true,
        topics = {"orders", "payments", "jobs:2"},
        config = "log.message.timestamp.type=LogAppendTime")
class VirtualTimeExampleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void ordersAreKeptForAWeek(EmbeddedBroker broker, Admin admin, Producer<String, String> shop) throws Exception {
        shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();

        broker.time().advance(Duration.ofDays(6));
        assertThat(firstOffset(admin, "orders")).isZero();

        broker.time().advance(Duration.ofDays(1).plusMinutes(5)); // retention is looked after every five minutes
        assertThat(firstOffset(admin, "orders")).isEqualTo(1);
    }

    @Test
    void aPaymentThatHangsIsTakenBack(
            EmbeddedBroker broker,
            @ClientSettings({"transactional.id=till", "transaction.timeout.ms=60000"}) Producer<String, String> till,
            Producer<String, String> other,
            @ClientSettings({"group.id=accounts", "isolation.level=read_committed"}) Consumer<String, String> accounts)
            throws Exception {
        till.initTransactions();
        till.beginTransaction();
        till.send(new ProducerRecord<>("payments", "alice", "12.50")).get();
        other.send(new ProducerRecord<>("payments", "bob", "8.00")).get(); // nobody sees it while the other is open

        broker.time().advance(Duration.ofSeconds(70)); // a minute, and the ten seconds between two looks for such

        accounts.subscribe(List.of("payments"));
        assertThat(accounts.poll(PATIENCE)).singleElement().satisfies(payment -> assertThat(payment.key())
                .isEqualTo("bob"));
        assertThatThrownBy(till::commitTransaction).isInstanceOf(KafkaException.class);
    }

    @Test
    void aWorkerThatIsSilentForTooLongLosesItsJobsAndComesBack(
            EmbeddedBroker broker,
            @ClientSettings({"group.id=workers", "group.protocol=consumer"}) Consumer<String, String> worker) {
        var told = new ArrayList<String>();
        worker.subscribe(List.of("jobs"), new Telling(told));
        pollUntil(worker, () -> told.contains("assigned 2"));
        worker.assignment().forEach(worker::position); // it has settled when it knows where to begin

        broker.time().advance(Duration.ofSeconds(45)); // the session of a worker that has not been heard of

        pollUntil(worker, () -> told.contains("lost 2"));
        pollUntil(worker, () -> worker.assignment().size() == 2);
    }

    private static void pollUntil(Consumer<String, String> consumer, BooleanSupplier isSo) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isSo.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            consumer.poll(Duration.ofMillis(20));
        }
    }

    private static long firstOffset(Admin admin, String topic) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }
}
