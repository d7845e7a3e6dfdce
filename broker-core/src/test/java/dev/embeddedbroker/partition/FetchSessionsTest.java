package dev.embeddedbroker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchPartition;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchTopic;
import dev.embeddedbroker.protocol.request.FetchRequest.ForgottenTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {

    private static final short V12 = 12;
    private static final short V13 = 13;

    private final SteppedLoops loops = new SteppedLoops(2);

    private FetchSessions sessions(int slots) {
        // twice the slots, for two loops share them
        return new FetchSessions(loops.get(0), 2, slots * 2, new SplittableRandom(1));
    }

    private record Answer(FetchItem item, long highWatermark, long startOffset, boolean hasRecords, boolean isError)
            implements FetchPlan.News {
        @Override
        public boolean mustBeSent() {
            return false;
        }
    }

    private static FetchRequest request(int sessionId, int epoch, long offset, int... partitions) {
        var topic = new FetchTopic().setTopic("t");
        for (int partition : partitions) {
            topic.partitions.add(new FetchPartition().setPartition(partition).setFetchOffset(offset));
        }
        var request = new FetchRequest().setSessionId(sessionId).setSessionEpoch(epoch);
        if (partitions.length > 0) request.topics.add(topic);
        return request;
    }

    private static FetchRequest forgetting(FetchRequest request, Integer... partitions) {
        request.forgottenTopicsData.add(new ForgottenTopic().setTopic("t").setPartitions(List.of(partitions)));
        return request;
    }

    private <T> T inside(Supplier<T> work) {
        var result = new ArrayList<T>();
        loops.inside(loops.get(0), () -> result.add(work.get()));
        return result.get(0);
    }

    private FetchPlan begin(FetchSessions sessions, FetchRequest request) {
        return begin(sessions, request, V12, false);
    }

    private FetchPlan begin(FetchSessions sessions, FetchRequest request, short version, boolean privileged) {
        return inside(
                () -> sessions.begin(request, version, privileged, loops.clock().wallMs()));
    }

    private static FetchPlan.Closing finish(FetchPlan plan, Answer... answers) {
        return plan.finish(new ArrayList<>(List.of(answers)));
    }

    private int open(FetchSessions sessions, int... partitions) {
        return finish(begin(sessions, request(0, 0, 0, partitions))).sessionId();
    }

    private int openPrivileged(FetchSessions sessions, int... partitions) {
        return finish(begin(sessions, request(0, 0, 0, partitions), V12, true)).sessionId();
    }

    private static List<Integer> partitionsOf(FetchPlan plan) {
        return plan.items().stream().map(FetchItem::index).toList();
    }

    @Test
    void unknownSessionIsNotFound() {
        assertThat(begin(sessions(1), request(77, 1, 0)).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void wrongEpochIsRefusedAndTheSessionStays() {
        var sessions = sessions(1);
        int id = open(sessions, 0);
        assertThat(begin(sessions, request(id, 5, 0)).error()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(begin(sessions, request(id, 1, 0)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void sessionByNameCannotGoOnByIdNorTheOtherWayRound() {
        var sessions = sessions(2);
        int byName = open(sessions, 0);
        assertThat(begin(sessions, request(byName, 1, 0), V13, false).error())
                .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        var request = new FetchRequest().setSessionEpoch(0);
        request.topics.add(new FetchTopic()
                .setTopicId(new Uuid(1, 2))
                .setPartitions(List.of(new FetchPartition().setPartition(0))));
        int byId = finish(begin(sessions, request, V13, false)).sessionId();
        assertThat(begin(sessions, request(byId, 1, 0), V12, false).error())
                .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void finalEpochClosesTheSessionAndOpensNone() {
        var sessions = sessions(1);
        int id = open(sessions, 0);
        assertThat(finish(begin(sessions, request(id, -1, 0, 0))).sessionId()).isZero();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void fullRequestReplacesTheSessionItNames() {
        var sessions = sessions(1);
        int id = open(sessions, 0);
        int next = finish(begin(sessions, request(id, 0, 0, 0, 1))).sessionId();
        assertThat(next).isNotZero().isNotEqualTo(id);
        assertThat(sessions.size()).isEqualTo(1);
    }

    @Test
    void sessionWithoutPartitionsLeftEnds() {
        var sessions = sessions(1);
        int id = open(sessions, 0);
        var plan = begin(sessions, forgetting(request(id, 1, 0), 0));
        assertThat(plan.items()).isEmpty();
        assertThat(finish(plan)).isEqualTo(new FetchPlan.Closing(0, ErrorCode.NONE));
        assertThat(sessions.size()).isZero();
    }

    @Test
    void answerToARequestThatWasOvertakenIsRefused() {
        var sessions = sessions(1);
        int id = open(sessions, 0);
        var slow = begin(sessions, request(id, 1, 0));
        begin(sessions, request(id, 2, 0));
        var answers = new ArrayList<>(List.of(new Answer(slow.items().get(0), 1, 0, true, false)));
        assertThat(slow.finish(answers)).isEqualTo(new FetchPlan.Closing(id, ErrorCode.INVALID_FETCH_SESSION_EPOCH));
        assertThat(answers).isEmpty();
    }

    @Test
    void partitionThatGaveRecordsGoesToTheEnd() {
        var sessions = sessions(1);
        int id = open(sessions, 0, 1, 2);
        var plan = begin(sessions, request(id, 1, 0));
        assertThat(partitionsOf(plan)).containsExactly(0, 1, 2);
        finish(plan, new Answer(plan.items().get(0), 9, 0, true, false));
        assertThat(partitionsOf(begin(sessions, request(id, 2, 0)))).containsExactly(1, 2, 0);
    }

    @Test
    void errorIsSentEachTimeAndThePartitionOnceMoreAfterIt() {
        var sessions = sessions(1);
        int id = open(sessions, 0);
        for (int epoch = 1; epoch <= 2; epoch++) {
            assertThat(sent(sessions, id, epoch, -1, true)).isEqualTo(1);
        }
        assertThat(sent(sessions, id, 3, 5, false)).isEqualTo(1);
        assertThat(sent(sessions, id, 4, 5, false)).isZero();
        assertThat(sent(sessions, id, 5, 6, false)).isEqualTo(1);
    }

    private int sent(FetchSessions sessions, int id, int epoch, long highWatermark, boolean isError) {
        var plan = begin(sessions, request(id, epoch, 0));
        var answers = new ArrayList<>(List.of(new Answer(plan.items().get(0), highWatermark, 0, false, isError)));
        plan.finish(answers);
        return answers.size();
    }

    @Test
    void fullCacheKeepsItsYoungSessions() {
        var sessions = sessions(1);
        int first = open(sessions, 0);
        assertThat(open(sessions, 0, 1, 2)).isZero();
        assertThat(begin(sessions, request(first, 1, 0)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void sessionUnusedForTwoMinutesGoesFirst() {
        var sessions = sessions(2);
        int unused = open(sessions, 0, 1, 2, 3);
        loops.clock().advanceMs(60_000);
        int other = open(sessions, 0);
        loops.clock().advanceMs(60_001);
        assertThat(open(sessions, 0)).isNotZero();
        assertThat(begin(sessions, request(unused, 1, 0)).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(begin(sessions, request(other, 1, 0)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void largerSessionReplacesTheSmallestOldOne() {
        var sessions = sessions(2);
        int small = open(sessions, 0, 1);
        int large = open(sessions, 0, 1, 2, 3);
        for (int epoch = 1; epoch <= 3; epoch++) {
            loops.clock().advanceMs(50_000);
            begin(sessions, request(small, epoch, 0));
            begin(sessions, request(large, epoch, 0));
        }
        assertThat(open(sessions, 0, 1)).as("no larger than the smallest").isZero();
        assertThat(open(sessions, 0, 1, 2)).isNotZero();
        assertThat(begin(sessions, request(small, 4, 0)).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(begin(sessions, request(large, 4, 0)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void followerReplacesAYoungConsumerButNotAFollower() {
        var sessions = sessions(2);
        int follower = openPrivileged(sessions, 0);
        int consumer = open(sessions, 0, 1, 2);
        assertThat(openPrivileged(sessions, 0)).isNotZero();
        assertThat(begin(sessions, request(consumer, 1, 0)).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(openPrivileged(sessions, 0, 1)).isZero();
        assertThat(begin(sessions, request(follower, 1, 0)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void idTellsTheLoop() {
        for (int i = 0; i < 2; i++) {
            var loop = loops.get(i);
            var sessions = new FetchSessions(loop, 2, 100, new SplittableRandom(i));
            loops.inside(loop, () -> {
                for (int n = 0; n < 50; n++) {
                    int id = finish(sessions.begin(request(0, 0, 0, 0), V12, false, 0))
                            .sessionId();
                    assertThat(FetchSessions.ownerOf(id, 2)).isEqualTo(loop.index());
                }
            });
        }
        assertThat(FetchSessions.ownerOf(0, 2)).isEqualTo(-1);
        assertThat(FetchSessions.ownerOf(-5, 2)).isEqualTo(-1);
        assertThat(FetchSessions.ownerOf(Integer.MAX_VALUE, 3)).isBetween(-1, 2);
    }

    /** Against a model that is told everything in full: partition -> offset, and what the client was told last. */
    @Test
    void incrementalRequestsMeanTheSameAsFullOnes() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var sessions = sessions(1);
            var offsets = new LinkedHashMap<Integer, Long>();
            Map<Integer, Long> told = new HashMap<>();
            offsets.put(0, 0L);
            int id = open(sessions, 0);
            for (int epoch = 1; epoch < 40; epoch++) {
                var request = change(random, request(id, epoch, 0), offsets);
                offsets.keySet().forEach(p -> told.putIfAbsent(p, -1L));
                told.keySet().retainAll(offsets.keySet());
                var plan = begin(sessions, request);
                if (offsets.isEmpty()) break;
                assertThat(partitionsOf(plan)).as("seed %d", seed).containsExactlyElementsOf(offsets.keySet());
                for (var item : plan.items()) {
                    assertThat(item.fetchOffset()).isEqualTo(offsets.get(item.index()));
                }
                answer(random, plan, offsets, told);
            }
        }
    }

    private static FetchRequest change(Random random, FetchRequest request, LinkedHashMap<Integer, Long> offsets) {
        var topic = new FetchTopic().setTopic("t");
        for (int n = random.nextInt(3); n > 0; n--) {
            int partition = random.nextInt(8);
            long offset = random.nextInt(100);
            topic.partitions.add(new FetchPartition().setPartition(partition).setFetchOffset(offset));
            offsets.put(partition, offset);
        }
        request.topics.add(topic);
        if (random.nextInt(4) == 0) {
            int forgotten = random.nextInt(8);
            forgetting(request, forgotten);
            offsets.remove(forgotten);
        }
        return request;
    }

    private static void answer(
            Random random, FetchPlan plan, LinkedHashMap<Integer, Long> offsets, Map<Integer, Long> told) {
        var answers = new ArrayList<Answer>();
        var expected = new ArrayList<Integer>();
        for (var item : plan.items()) {
            long highWatermark = random.nextInt(3);
            boolean hasRecords = random.nextInt(5) == 0;
            boolean isError = !hasRecords && random.nextInt(6) == 0;
            answers.add(new Answer(item, highWatermark, 0, hasRecords, isError));
            if (hasRecords || isError || told.get(item.index()) != highWatermark) expected.add(item.index());
            told.put(item.index(), isError ? -1L : highWatermark);
            if (hasRecords) offsets.put(item.index(), offsets.remove(item.index()));
        }
        plan.finish(answers);
        assertThat(answers.stream().map(a -> a.item.index()).toList()).isEqualTo(expected);
    }
}
