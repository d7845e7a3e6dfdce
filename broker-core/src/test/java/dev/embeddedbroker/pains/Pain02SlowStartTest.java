package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.ArrayList;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Pain 2: a broker takes seconds to start and hundreds of megabytes, so that suites share one that ought to be fresh
 * (quarkus 17468, druid 19464, spring-kafka 2059). How long it takes is measured by the benchmarks; here is why it does not.
 */
class Pain02SlowStartTest {
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("embedded-broker-"))
                .collect(Collectors.toSet());
    }

    @Test
    void aBrokerIsAFewThreads() {
        var before = threads();
        try (var broker = new EmbeddedBroker().start()) {
            assertThat(broker.failure()).isEmpty();
            var more = threads();
            more.removeAll(before);
            assertThat(more.size()).isBetween(1, Runtime.getRuntime().availableProcessors() + 2);
        }
    }

    @Test
    void aHundredBrokersRunAtOnce() throws Exception {
        var brokers = new ArrayList<EmbeddedBroker>();
        try {
            for (int i = 0; i < 100; i++) {
                brokers.add(EmbeddedBroker.builder().topic("t", 10).build().start());
            }
            Clients.produce(brokers.get(0), "t", "first");
            Clients.produce(brokers.get(99), "t", "last");
            assertThat(Clients.consume(brokers.get(0), "t", "g", 1)).containsExactly("first");
            assertThat(Clients.consume(brokers.get(99), "t", "g", 1)).containsExactly("last");
        } finally {
            brokers.forEach(EmbeddedBroker::close);
        }
    }
}
