package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.embeddedbroker.EmbeddedBroker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Pain 10: pages of a broker's log bury that of the test (spring-kafka 581, scalatest-embedded-kafka 75, kafka-junit 14). */
class Pain10LogNoiseTest {
    /** What this test's broker says: it and its threads are made here. */
    private static final class Said extends AppenderBase<ILoggingEvent> {
        final Queue<String> loud = new ConcurrentLinkedQueue<>();
        private final String own = Thread.currentThread().getName();

        @Override
        protected void append(ILoggingEvent event) {
            boolean isOfThisBroker =
                    event.getThreadName().equals(own) || event.getThreadName().startsWith("embedded-broker-77-");
            if (isOfThisBroker && event.getLevel().isGreaterOrEqual(Level.WARN)) {
                loud.add(event.getFormattedMessage());
            }
        }
    }

    @Test
    void aBrokersLifeWithClientsIsSilent() throws Exception {
        var logger = (Logger) LoggerFactory.getLogger("dev.embeddedbroker");
        var said = new Said();
        said.start();
        logger.addAppender(said);
        try (var broker = EmbeddedBroker.builder()
                .config("node.id", "77")
                .topic("t", 3)
                .build()
                .start()) {
            Clients.produce(broker, "t", "a");
            assertThat(Clients.consume(broker, "t", "g", 1)).containsExactly("a");
            broker.reset();
            Clients.produce(broker, "t", "b");
            assertThat(Clients.consume(broker, "t", "g", 1)).containsExactly("b");
        } finally {
            logger.detachAppender(said);
        }
        assertThat(said.loud).isEmpty();
    }
}
