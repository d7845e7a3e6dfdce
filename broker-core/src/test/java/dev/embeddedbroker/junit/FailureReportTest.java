package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.inspect.GroupView;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.TestExecutionResult;

/** What a failed test is told by its broker. The classes it runs are not found by a build. */
class FailureReportTest {

    private static Stream<Throwable> failuresOf(Class<?> type) {
        return Engine.run(type).failed().stream().map(event -> event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow());
    }

    private static String reportOf(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .filter(each -> each instanceof FailureReport.BrokerReport)
                .map(Throwable::getMessage)
                .findFirst()
                .orElse("none");
    }

    @WithBroker(topics = "orders")
    static class Misspelt {
        @Test
        void ordersArrive(
                EmbeddedBroker broker,
                Producer<String, String> shop,
                @ClientSettings("group.id=warehouse") Consumer<String, String> warehouse)
                throws Exception {
            shop.send(new ProducerRecord<>("orders", "a teapot")).get();
            warehouse.subscribe(List.of("ordres"));
            while (!broker.inspect().group("warehouse").map(GroupView::isStable).orElse(false)) {
                warehouse.poll(Duration.ofMillis(50));
            }
            assertThat(warehouse.poll(Duration.ofMillis(50))).isNotEmpty();
        }
    }

    @Test
    void aFailedTestSaysWhyItsGroupGotNothing() {
        var failures = failuresOf(Misspelt.class).toList();
        assertThat(failures).hasSize(1).allSatisfy(failure -> assertThat(reportOf(failure))
                .contains("Why group warehouse got nothing", "orders", "ordres", "The last requests"));
    }

    @WithBroker
    static class Dynamic {
        @TestFactory
        Stream<DynamicTest> tests(EmbeddedBroker broker) {
            return Stream.of(DynamicTest.dynamicTest("fails", () -> fail("on " + broker.port())));
        }
    }

    @Test
    void aDynamicTestIsToldToo() {
        assertThat(failuresOf(Dynamic.class)).isNotEmpty().allSatisfy(failure -> assertThat(reportOf(failure))
                .contains("Topics: none"));
    }
}
