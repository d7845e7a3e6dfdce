package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * Pain 11: internal topics want three replicas or two in sync, and on one broker groups and transactions fail, or wait for ever, until
 * half a dozen settings are made (scalatest-embedded-kafka 82, apicurio 1147).
 */
class Pain11ReplicationFactorTest {
    @Test
    void groupsTransactionsAndTopicsWorkWithoutASetting() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("t", Optional.empty(), Optional.empty())))
                    .all()
                    .get();
            try (var producer = Clients.producer(broker, Map.of("transactional.id", "tx", "acks", "all"))) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("t", "value")).get();
                producer.commitTransaction();
            }
            assertThat(Clients.consume(broker, "t", "g", 1)).containsExactly("value");
            var topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get();
            assertThat(topics).contains("t", "__consumer_offsets", "__transaction_state");
            assertThat(admin.describeTopics(topics).allTopicNames().get().values())
                    .allSatisfy(topic -> assertThat(topic.partitions())
                            .allSatisfy(partition -> assertThat(partition.isr()).hasSize(1)));
        }
    }
}
