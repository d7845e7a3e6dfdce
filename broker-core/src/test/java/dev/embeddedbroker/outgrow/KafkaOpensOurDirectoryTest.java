package dev.embeddedbroker.outgrow;

import static dev.embeddedbroker.outgrow.History.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory goes from this broker to Apache Kafka 4.4.0 and back, and nobody can tell from what a client sees. */
class KafkaOpensOurDirectoryTest {
    @TempDir
    Path root;

    @Test
    void kafkaGoesOnWhereWeStoppedAndWeGoOnWhereKafkaDid() throws Exception {
        Path directory = root.resolve("data");
        int port = ApacheKafka.freePort();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 1);
        var raw = new RawProducer(7_000, 3);
        // this one is connected all along, whoever serves it
        try (var lasting = history.producer("lz4")) {
            Uuid codecs;
            try (var broker = Directories.embedded(directory, port)) {
                codecs = live(history, lasting);
                history.deleteRecords();
                assertThat(broker.failure()).isEmpty();
            }
            Seen left;
            PartitionProduceResponse last;
            try (var broker = Directories.embedded(directory, port)) {
                history.produce("second");
                send(lasting, "2");
                assertThat(error(raw.send(bootstrap, codecs, 0, 0, record("0"))))
                        .isEqualTo(Errors.NONE);
                last = raw.send(bootstrap, codecs, 0, 1, record("1"));
                left = Seen.of(bootstrap);
                assertThat(broker.failure()).isEmpty();
            }

            Seen continued;
            try (var kafka = ApacheKafka.start(directory, port, Map.of())) {
                Seen.of(bootstrap).assertSameAs(left);
                assertThat(kafka.said("since clean shutdown file was found")).isTrue();
                assertThat(kafka.repairs()).isEmpty();
                assertThat(kafka.complaints()).isEmpty();

                var again = raw.send(bootstrap, codecs, 0, 1, record("1"));
                assertThat(error(again)).isEqualTo(Errors.NONE);
                assertThat(again.baseOffset()).as("a duplicate").isEqualTo(last.baseOffset());
                assertThat(error(raw.send(bootstrap, codecs, 0, 5, record("5"))))
                        .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
                assertThat(error(new RawProducer(7_000, 2).send(bootstrap, codecs, 0, 2, record("2"))))
                        .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
                assertThat(raw.send(bootstrap, codecs, 0, 2, record("2")).baseOffset())
                        .isEqualTo(last.baseOffset() + 1);
                send(lasting, "3");
                history.produce("third");
                history.commit("readers", "classic");
                continued = Seen.of(bootstrap);
            }
            try (var broker = Directories.embedded(directory, port)) {
                Seen.of(bootstrap).assertSameAs(continued);
                send(lasting, "4");
                assertThat(raw.send(bootstrap, codecs, 0, 3, record("3")).baseOffset())
                        .isEqualTo(continued
                                        .offsets()
                                        .get(Seen.partition("codecs", 0))
                                        .last()
                                + 1);
                assertThat(broker.failure()).isEmpty();
            }
        }
    }

    @Test
    void kafkaRecoversWhatWeLeaveInACrash() throws Exception {
        int port = ApacheKafka.freePort();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 2);
        Seen before;
        Path crashed;
        try (var lasting = history.producer("lz4");
                var broker = Directories.embedded(root.resolve("data"), port)) {
            live(history, lasting);
            before = Seen.of(bootstrap);
            crashed = Directories.copy(root.resolve("data"), root.resolve("crashed"));
            assertThat(broker.failure()).isEmpty();
        }
        // Kafka waits for the end of the session that the crash left open
        var impatient = Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");
        try (var kafka = ApacheKafka.start(crashed, port, impatient)) {
            Seen.of(bootstrap).assertSameAs(before);
            // segments are longer than what is in them while they are open, as with Kafka's own setting preallocate
            assertThat(kafka.complaints()).allMatch(line -> line.contains("Found record size 0 smaller"));
        }
    }

    /** What the first broker lives through; the id of one topic. */
    private static Uuid live(History history, Producer<byte[], byte[]> lasting) throws Exception {
        history.createTopics();
        history.produce("first");
        send(lasting, "1");
        history.changeTopics();
        history.commit("readers", "classic");
        try (var admin = history.admin()) {
            return admin.describeTopics(List.of("codecs"))
                    .allTopicNames()
                    .get()
                    .get("codecs")
                    .topicId();
        }
    }

    private static void send(Producer<byte[], byte[]> producer, String value) throws Exception {
        producer.send(new ProducerRecord<>("codecs", 0, bytes("lasting"), bytes(value)))
                .get();
    }

    private static SimpleRecord record(String value) {
        return new SimpleRecord(System.currentTimeMillis(), bytes("raw"), bytes(value));
    }

    private static Errors error(PartitionProduceResponse answer) {
        return Errors.forCode(answer.errorCode());
    }
}
