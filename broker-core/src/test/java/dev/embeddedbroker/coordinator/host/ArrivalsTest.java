package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long MS = 1_000_000;

    private final Arrivals arrivals = new Arrivals();

    @Test
    void clientIsNotWaitedForByItself() {
        arrivals.introduced("a", 0);
        arrivals.seeks("g", "a", MS);
        assertThat(arrivals.areOthersComing("g", "a", 2 * MS)).isFalse();
        assertThat(arrivals.areOthersComing("g", "b", 2 * MS)).isTrue();
    }

    @Test
    void whoHasJoinedIsNotWaitedForEvenIfItConnectsOnceMore() {
        arrivals.seeks("g", "a", 0);
        arrivals.joins("a", MS);
        arrivals.introduced("a", 2 * MS);
        assertThat(arrivals.areOthersComing("g", "b", 3 * MS)).isFalse();
    }

    @Test
    void strangerIsWaitedForThirtyMillisecondsAndSeekerOfTheGroupForTwoHundred() {
        arrivals.introduced("a", 0);
        assertThat(arrivals.mayOthersCome("g", "b", 29 * MS)).isTrue();
        assertThat(arrivals.areOthersComing("g", "b", 29 * MS)).isFalse();
        assertThat(arrivals.mayOthersCome("g", "b", 30 * MS)).isFalse();
        arrivals.seeks("g", "a", 10 * MS);
        assertThat(arrivals.areOthersComing("g", "b", 209 * MS)).isTrue();
        assertThat(arrivals.mayOthersCome("g", "b", 209 * MS)).isTrue();
        assertThat(arrivals.areOthersComing("g", "b", 210 * MS)).isFalse();
    }

    @Test
    void seekerOfAnotherGroupIsNotWaitedFor() {
        arrivals.seeks("other", "a", 0);
        assertThat(arrivals.areOthersComing("g", "b", MS)).isFalse();
    }

    @Test
    void consumerThatWasOnlyMadeMaySubscribeForTwoSeconds() {
        arrivals.seeks("g", "a", 0);
        assertThat(arrivals.mayOthersSubscribe("g", "b", 1_999 * MS)).isTrue();
        assertThat(arrivals.mayOthersSubscribe("g", "a", 1_999 * MS)).isFalse();
        assertThat(arrivals.mayOthersSubscribe("g", "b", 2_000 * MS)).isFalse();
    }
}
