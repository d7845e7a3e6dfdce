package dev.embeddedbroker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A group that forms, without a delay in the settings: whom its first generation waits for. */
class GatheringTest {
    private final GroupLab lab = new GroupLab();

    @Test
    void memberThatIsAloneIsNotKeptWaiting() {
        assertThat(lab.joinAnew().isParked()).isFalse();
    }

    @Test
    void othersWhoSeemToComeAreInTheFirstGeneration() {
        lab.areOthersComing = true;
        var first = lab.joinAnew();
        assertThat(first.isParked()).isTrue();
        lab.advance(4);
        var second = lab.joinAnew();
        lab.advance(15);
        assertThat(first.isParked()).isTrue(); // somebody came, so the wait began anew
        lab.advance(5);
        assertThat(first.answer().generationId).isEqualTo(1);
        assertThat(second.answer().generationId).isEqualTo(1);
        assertThat(first.answer().members).hasSize(2);
    }

    @Test
    void whoWasGivenAnIdIsWaitedFor() {
        String id = lab.join(r -> {}).answer().memberId;
        lab.areOthersComing = true;
        var first = lab.joinAnew();
        lab.advance(40);
        assertThat(first.isParked()).isTrue();
        var second = lab.join(id);
        lab.advance(30);
        assertThat(first.answer().members).hasSize(2);
        assertThat(second.answer().generationId).isEqualTo(1);
    }

    @Test
    void waitIsShortHoweverManyCome() {
        lab.areOthersComing = true;
        var first = lab.joinAnew();
        for (int i = 0; i < 8; i++) {
            lab.advance(10);
            assertThat(lab.joinAnew()).isNotNull();
        }
        assertThat(first.isParked()).isFalse();
    }

    @Test
    void clientsThatAskedForTheWayAreWaitedForLongerUntilTheLastOfThemIsThere() {
        lab.areOthersComing = true;
        lab.areOthersExpected = true;
        var first = lab.joinAnew();
        lab.advance(200);
        assertThat(first.isParked()).isTrue();
        lab.areOthersExpected = false;
        var second = lab.joinAnew();
        lab.advance(30);
        assertThat(first.answer().members).hasSize(2);
        assertThat(second.answer().generationId).isEqualTo(1);
    }

    @Test
    void whoAsksForTheWayWhileTheGroupWaitsIsWaitedForToo() {
        lab.areOthersComing = true;
        var first = lab.joinAnew();
        lab.advance(4);
        lab.areOthersExpected = true;
        lab.advance(200);
        assertThat(first.isParked()).isTrue();
        lab.areOthersExpected = false;
        lab.joinAnew();
        lab.advance(30);
        assertThat(first.answer().members).hasSize(2);
    }

    @Test
    void clientsThatAskedForTheWayAndDoNotComeAreNotWaitedForForEver() {
        lab.areOthersComing = true;
        lab.areOthersExpected = true;
        var first = lab.joinAnew();
        lab.advance(301);
        assertThat(first.answer().members).hasSize(1);
    }

    @Test
    void nobodyComingAfterAllEndsTheWait() {
        lab.areOthersComing = true;
        var first = lab.joinAnew();
        lab.advance(4);
        assertThat(first.isParked()).isTrue();
        lab.advance(1);
        assertThat(first.answer().members).hasSize(1);
    }

    @Test
    void delayOfTheSettingsIsKeptToWhateverComes() {
        var delayed = lab.restart(GroupSettings.defaults().withInitialRebalanceDelayMs(3_000));
        delayed.areOthersComing = true;
        var first = delayed.joinAnew();
        delayed.advance(2_999);
        assertThat(first.isParked()).isTrue();
    }
}
