package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ImpatientTest {
    private final Impatient impatient = new Impatient();

    @Test
    void aClientThatHungUpIsRememberedForAMinute() {
        impatient.hungUp("reader", 5);
        assertThat(impatient.includes("another", 5)).isFalse();
        assertThat(impatient.includes("reader", 5 + TimeUnit.MINUTES.toNanos(1)))
                .isTrue();
        assertThat(impatient.includes("reader", 6 + TimeUnit.MINUTES.toNanos(1)))
                .isFalse();
    }

    @Test
    void whoHungUpLongestAgoIsForgottenWhenThereAreMany() {
        for (int i = 0; i < 1_000; i++) {
            impatient.hungUp("reader-" + i, i);
        }
        impatient.hungUp("reader-0", 1_000);
        impatient.hungUp("another", 1_001);
        assertThat(impatient.includes("reader-0", 1_001)).isTrue();
        assertThat(impatient.includes("reader-1", 1_001)).isFalse();
        assertThat(impatient.includes("reader-2", 1_001)).isTrue();
    }
}
