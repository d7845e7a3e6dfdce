package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.BrokerExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Where an annotation says too little, a builder says all of it: here a directory that is looked at afterwards. */
class RegisteredBrokerTest {
    @TempDir
    static Path directory;

    /** Made when the directory is there: JUnit fills static fields in the order in which they are declared. */
    @RegisterExtension
    static final BrokerExtension KAFKA = BrokerExtension.of(() ->
            EmbeddedBroker.builder().dataDirectory(directory).topic("orders", 3).config("message.max.bytes", "1000"));

    @Test
    void theBrokerHasWhatTheBuilderSays(Admin admin, Producer<String, String> shop) throws Exception {
        assertThat(admin.listTopics().names().get()).containsExactly("orders");
        assertThat(KAFKA.broker().bootstrapServers()).startsWith("localhost:");

        var tooLarge = shop.send(new ProducerRecord<>("orders", "alice", "a teapot".repeat(1000)));
        assertThatThrownBy(tooLarge::get).hasCauseInstanceOf(RecordTooLargeException.class);
    }

    @AfterAll
    static void theDirectoryIsThatOfAKafkaBroker() {
        assertThat(Files.exists(directory.resolve("meta.properties"))).isTrue();
    }
}
