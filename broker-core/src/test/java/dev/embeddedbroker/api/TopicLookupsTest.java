package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.loop.ManualLoop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import org.junit.jupiter.api.Test;

class TopicLookupsTest {
    private final ManualLoop loop = new ManualLoop();
    private final TopicLookups lookups = new TopicLookups(new Arrivals());

    @Test
    void whoHasAskedForTheBrokersAloneIsToldWhenItHasLookedItsTopicsUp() {
        lookups.asksForNone(metadata("reader"));
        var held = heartbeat("reader");
        assertThat(held.isAnswered()).as("before the lookup").isFalse();

        lookups.haveBeenAnswered(metadata("another"));
        loop.runAll();
        assertThat(held.isAnswered()).as("after another's lookup").isFalse();

        lookups.haveBeenAnswered(metadata("reader"));
        assertThat(held.isAnswered()).as("while the other answer is on its way").isFalse();
        loop.runAll();
        assertThat(held.isAnswered()).as("behind the other answer").isTrue();
        assertThat(loop.armedTimers()).isZero();
        assertThat(heartbeat("reader").isAnswered()).as("from then on").isTrue();
    }

    @Test
    void whoNeverAskedForTheBrokersAloneDoesNotWait() {
        assertThat(heartbeat("reader").isAnswered()).isTrue();
    }

    @Test
    void whoDoesNotLookUpAnythingWaitsAMomentOnly() {
        lookups.asksForNone(metadata("reader"));
        var held = heartbeat("reader");
        loop.advanceMs(199);
        assertThat(held.isAnswered()).isFalse();
        loop.advanceMs(1);
        assertThat(held.isAnswered()).isTrue();

        lookups.haveBeenAnswered(metadata("reader"));
        loop.runAll(); // would answer a second time
    }

    @Test
    void aClientThatSendsMoreOrHangsUpDoesNotWait() {
        lookups.asksForNone(metadata("reader"));
        var held = heartbeat("reader");
        held.sendMore();
        assertThat(held.isAnswered()).isTrue();
        loop.runAll();
        assertThat(loop.armedTimers()).isZero();
    }

    @Test
    void clientsThatAskedLongAgoAreForgottenWhenThereAreMany() {
        for (int i = 0; i <= 1_000; i++) {
            lookups.asksForNone(metadata("reader-" + i));
        }
        assertThat(heartbeat("reader-0").isAnswered()).isTrue();
        assertThat(heartbeat("reader-1").isAnswered()).isFalse();
    }

    private RecordedRequest metadata(String clientId) {
        return new RecordedRequest(loop, ApiKey.METADATA, 13).from(clientId);
    }

    private RecordedRequest heartbeat(String clientId) {
        var request = new RecordedRequest(loop, ApiKey.CONSUMER_GROUP_HEARTBEAT, 1).from(clientId);
        lookups.whenLookedUp(request, () -> request.reply(new ConsumerGroupHeartbeatResponse()));
        return request;
    }
}
