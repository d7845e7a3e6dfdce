package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.TestTopic;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One broker for all classes of the run that ask for the same, and tests that run at the same time: each has a topic of its
 * own, and each injected consumer a group of its own.
 */
@WithBroker(scope = BrokerScope.PER_RUN)
@Execution(ExecutionMode.CONCURRENT)
class SharedBrokerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100})
    void ordersArriveInTheOrderInWhichTheyWerePlaced(
            int count,
            @TestTopic("orders") String orders,
            Producer<String, Integer> shop,
            Consumer<String, Integer> warehouse) {
        for (int i = 0; i < count; i++) {
            var unused = shop.send(new ProducerRecord<>(orders, "alice", i));
        }
        shop.flush();

        warehouse.subscribe(List.of(orders));
        var arrived = new ArrayList<Integer>();
        while (arrived.size() < count) {
            var records = warehouse.poll(PATIENCE);
            assertThat(records).as("records after %s", arrived).isNotEmpty();
            records.forEach(order -> arrived.add(order.value()));
        }
        assertThat(arrived).isEqualTo(IntStream.range(0, count).boxed().toList());
    }
}
