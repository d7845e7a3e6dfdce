package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long MS = 1_000_000;

    private final Arrivals arrivals = new Arrivals();

    @Test
    void whoHasJoinedIsNotWaitedFor() {
        arrivals.introduced("a", 0);
        arrivals.seeks("g", "a", MS);
        assertThat(arrivals.areOthersComing("g", 2 * MS)).isTrue();
        arrivals.joins("a", 2 * MS);
        assertThat(arrivals.areOthersComing("g", 3 * MS)).isFalse();
    }

    @Test
    void whoHasJoinedIsNotWaitedForEvenIfItConnectsOnceMore() {
        arrivals.seeks("g", "a", 0);
        arrivals.joins("a", MS);
        arrivals.introduced("a", 2 * MS);
        assertThat(arrivals.areOthersComing("g", 3 * MS)).isFalse();
    }

    @Test
    void strangerIsWaitedForAHundredMillisecondsAndSeekerOfTheGroupForTwoHundred() {
        arrivals.introduced("a", 0);
        assertThat(arrivals.areOthersComing("g", 99 * MS)).isTrue();
        assertThat(arrivals.areOthersComing("g", 100 * MS)).isFalse();
        arrivals.seeks("g", "a", 10 * MS);
        assertThat(arrivals.areOthersComing("g", 209 * MS)).isTrue();
        assertThat(arrivals.areOthersComing("g", 210 * MS)).isFalse();
    }

    @Test
    void whoLooksTopicsUpIsAStrangerNoMoreAndStaysASeekerIfItIsOne() {
        arrivals.introduced("producer", 0);
        arrivals.looksUp("producer", MS);
        assertThat(arrivals.areOthersComing("g", 2 * MS)).isFalse();
        arrivals.seeks("g", "consumer", MS);
        arrivals.looksUp("consumer", 2 * MS);
        assertThat(arrivals.areOthersComing("g", 3 * MS)).isTrue();
    }

    @Test
    void seekerOfAnotherGroupIsNotWaitedFor() {
        arrivals.seeks("other", "a", 0);
        assertThat(arrivals.areOthersComing("g", MS)).isFalse();
    }

    @Test
    void consumerThatWasOnlyMadeMaySubscribeForTwoSeconds() {
        arrivals.seeks("g", "a", 0);
        assertThat(arrivals.mayOthersSubscribe("g", "b", 1_999 * MS)).isTrue();
        assertThat(arrivals.mayOthersSubscribe("g", "a", 1_999 * MS)).isFalse();
        assertThat(arrivals.mayOthersSubscribe("g", "b", 2_000 * MS)).isFalse();
    }
}
