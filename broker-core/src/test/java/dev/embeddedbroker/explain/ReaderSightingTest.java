package dev.embeddedbroker.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.response.FetchResponse;
import org.junit.jupiter.api.Test;

/** What is remembered of a connection that reads. */
class ReaderSightingTest {

    private static final long NOW_MS = 1_000_000;

    private final ReaderSighting reader = new ReaderSighting(new Client("notifier", "/127.0.0.1"));

    @Test
    void whoWasToldToWaitIsThrottledForThatLong() {
        reader.isAnswered(new FetchResponse().setThrottleTimeMs(100), NOW_MS);
        assertThat(reader.isThrottled(NOW_MS + 99)).isTrue();
        assertThat(reader.isThrottled(NOW_MS + 100)).isFalse();
    }

    @Test
    void anAnswerThatCameAfterTheTimeAskedAboutThrottlesNobody() {
        reader.isAnswered(new FetchResponse(), NOW_MS + 1); // while facts were being gathered
        assertThat(reader.isThrottled(NOW_MS)).isFalse();
    }

    @Test
    void anAnswerWithoutAThrottleEndsIt() {
        reader.isAnswered(new FetchResponse().setThrottleTimeMs(100), NOW_MS);
        reader.isAnswered(new FetchResponse(), NOW_MS + 10);
        assertThat(reader.isThrottled(NOW_MS)).isFalse();
    }
}
