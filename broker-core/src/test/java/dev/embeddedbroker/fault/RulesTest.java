package dev.embeddedbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.WireClient;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which requests a rule strikes, and what it says of those it does not. */
class RulesTest {
    private static final Verdict STRIKE = Verdict.answer(ErrorCode.POLICY_VIOLATION);

    private final EmbeddedBroker broker = EmbeddedBroker.builder()
            .topic("orders", 2)
            .topic("others", 1)
            .build()
            .start();
    private final Faults faults = broker.faults();

    @AfterEach
    void close() {
        assertThat(broker.failure()).isEmpty();
        broker.close();
    }

    private WireClient client() throws Exception {
        return new WireClient(new InetSocketAddress("localhost", broker.port()));
    }

    private Errors beat(WireClient client, String group) throws Exception {
        var answer = (HeartbeatResponse) client.ask(
                ApiKeys.HEARTBEAT,
                4,
                1,
                new HeartbeatRequestData().setGroupId(group).setMemberId("m"));
        return answer.error();
    }

    /** Which of some heartbeats are struck. */
    private List<Boolean> struck(int beats) throws Exception {
        var struck = new ArrayList<Boolean>();
        try (var client = client()) {
            for (int i = 0; i < beats; i++) {
                struck.add(beat(client, "g") == Errors.POLICY_VIOLATION);
            }
        }
        return struck;
    }

    private static List<Boolean> only(int of, Integer... numbers) {
        return IntStream.rangeClosed(1, of)
                .mapToObj(i -> List.of(numbers).contains(i))
                .toList();
    }

    @Test
    void requestsAreStruckByTheirNumber() throws Exception {
        faults.on(ApiKey.HEARTBEAT).nth(3).then(STRIKE);
        assertThat(struck(5)).isEqualTo(only(5, 3));
        faults.clear();
        faults.on(ApiKey.HEARTBEAT).first(2).then(STRIKE);
        assertThat(struck(5)).isEqualTo(only(5, 1, 2));
        faults.clear();
        faults.on(ApiKey.HEARTBEAT).every(2).then(STRIKE);
        assertThat(struck(5)).isEqualTo(only(5, 2, 4));
        faults.clear();
        faults.on(ApiKey.HEARTBEAT).every(2).times(1).then(STRIKE);
        assertThat(struck(5)).isEqualTo(only(5, 2));
    }

    @Test
    void requestsThatMissAnotherConditionAreNotCounted() throws Exception {
        var rule = faults.on(ApiKey.HEARTBEAT).group("mine").nth(2).then(STRIKE);
        try (var client = client()) {
            assertThat(beat(client, "mine")).isNotEqualTo(Errors.POLICY_VIOLATION);
            assertThat(beat(client, "other")).isNotEqualTo(Errors.POLICY_VIOLATION);
            assertThat(beat(client, "mine")).isEqualTo(Errors.POLICY_VIOLATION);
        }
        assertThat(rule.log()).singleElement().satisfies(hit -> {
            assertThat(hit.about()).isEqualTo("group mine");
            assertThat(hit.api()).isEqualTo(ApiKey.HEARTBEAT);
            assertThat(hit.version()).isEqualTo(4);
            assertThat(hit.connection()).contains(":" + broker.port());
        });
    }

    @Test
    void theSameSeedStrikesTheSameRequests() throws Exception {
        faults.on(ApiKey.HEARTBEAT).probability(0.5, 42).then(STRIKE);
        var first = struck(40);
        faults.clear();
        faults.on(ApiKey.HEARTBEAT).probability(0.5, 42).then(STRIKE);
        assertThat(struck(40)).isEqualTo(first).contains(true, false);
        faults.clear();
        faults.on(ApiKey.HEARTBEAT).probability(0.5, 43).then(STRIKE);
        assertThat(struck(40)).isNotEqualTo(first);
        faults.clear();
        var drawn = faults.on(ApiKey.HEARTBEAT).probability(0.5).then(STRIKE);
        assertThat(drawn.toString()).matches(".*with probability 0\\.5 \\(seed \\d+\\).*");
    }

    @Test
    void clientsVersionsAndPredicatesAreAsked() throws Exception {
        var strikes = List.of(
                faults.on(ApiKey.HEARTBEAT).clientId("client").nth(1).then(STRIKE),
                faults.on(ApiKey.HEARTBEAT).clientIdPrefix("cli").nth(1).then(STRIKE),
                faults.on(ApiKey.HEARTBEAT)
                        .clientId(id -> id.endsWith("t"))
                        .nth(1)
                        .then(STRIKE),
                faults.onAny().version(4).nth(1).then(STRIKE),
                faults.on(ApiKey.HEARTBEAT)
                        .when(seen -> "m".equals(seen.fields().get("memberId"))
                                && seen.groups().contains("g")
                                && seen.text().contains("memberId"))
                        .nth(1)
                        .then(STRIKE));
        var misses = List.of(
                faults.on(ApiKey.HEARTBEAT).clientId("somebody").then(STRIKE),
                faults.on(ApiKey.HEARTBEAT).versions(0, 3).then(STRIKE),
                faults.on(ApiKey.HEARTBEAT).topic("orders").then(STRIKE),
                faults.on(ApiKey.HEARTBEAT).when("it is never", seen -> false).then(STRIKE));
        assertThat(struck(6)).isEqualTo(only(6, 1, 2, 3, 4, 5));
        assertThat(strikes).allSatisfy(rule -> assertThat(rule.fired()).isOne());
        assertThat(misses).allSatisfy(rule -> assertThat(rule.fired()).isZero());
    }

    @Test
    void aRuleThatNeverFiredSaysWhatKeptItFromFiring() throws Exception {
        faults.on(ApiKey.METADATA).topic("ordrs").then(STRIKE);
        faults.on(ApiKey.PRODUCE).named("the shop's leader moves").then(STRIKE);
        faults.on(ApiKey.METADATA).topic("orders").nth(5).then(STRIKE);
        faults.on(ApiKey.METADATA).clientIdPrefix("shop-").then(STRIKE);
        faults.on(ApiKey.FETCH).optional().then(STRIKE);
        assertThat(faults.unused().get(0).toString()).contains("no request came at all");
        try (var client = client()) {
            for (int i = 0; i < 2; i++) {
                client.ask(ApiKeys.METADATA, 12, i, metadata("orders"));
            }
        }
        assertThat(faults.unused().stream().map(UnusedRule::toString))
                .satisfiesExactly(
                        topic -> assertThat(topic)
                                .isEqualTo(
                                        "METADATA, topic is \"ordrs\" -> answer POLICY_VIOLATION never fired: 2 METADATA"
                                                + " came; \"topic is \"ordrs\"\" kept out 2, which had topics [orders]"),
                        kind -> assertThat(kind)
                                .isEqualTo("the shop's leader moves: PRODUCE -> answer POLICY_VIOLATION never fired: no"
                                        + " PRODUCE came since it was added; what came: METADATA 2x"),
                        number -> assertThat(number).contains("2 met every condition, but none was due, number 5"),
                        client -> assertThat(client).contains("kept out 2, which had client id \"client\""));
        assertThatThrownBy(faults::requireAllUsed)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("fault rules that never fired")
                .hasMessageContaining("ordrs");
        faults.clear();
        faults.requireAllUsed();
    }

    private static ApiMessage metadata(String... topics) {
        var request = new MetadataRequestData();
        for (String topic : topics) {
            request.topics().add(new MetadataRequestData.MetadataRequestTopic().setName(topic));
        }
        return request;
    }

    @Test
    void aRequestForAllTopicsGetsTheErrorAtTheTopicInQuestion() throws Exception {
        faults.on(ApiKey.METADATA).topic("orders").then(Verdict.answer(ErrorCode.LEADER_NOT_AVAILABLE));
        try (var client = client()) {
            var answer =
                    (MetadataResponse) client.ask(ApiKeys.METADATA, 13, 1, new MetadataRequestData().setTopics(null));
            assertThat(answer.errors()).isEqualTo(java.util.Map.of("orders", Errors.LEADER_NOT_AVAILABLE));
            assertThat(answer.topicMetadata()).hasSize(2);
        }
    }

    @Test
    void groupsOfOneRequestFailOneByOne() throws Exception {
        faults.on(ApiKey.DESCRIBE_GROUPS, ApiKey.OFFSET_FETCH)
                .group("broken")
                .then(Verdict.answer(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        try (var client = client()) {
            var described = (DescribeGroupsResponse) client.ask(
                    ApiKeys.DESCRIBE_GROUPS,
                    5,
                    1,
                    new DescribeGroupsRequestData().setGroups(List.of("whole", "broken")));
            assertThat(described.data().groups())
                    .extracting(each -> each.groupId() + " " + Errors.forCode(each.errorCode()))
                    .containsExactlyInAnyOrder("whole NONE", "broken COORDINATOR_NOT_AVAILABLE");

            var offsets = (OffsetFetchResponse) client.ask(
                    ApiKeys.OFFSET_FETCH,
                    9,
                    2,
                    new OffsetFetchRequestData().setGroups(List.of(offsets("whole"), offsets("broken"))));
            assertThat(offsets.group("whole").errorCode()).isZero();
            assertThat(offsets.group("whole").topics()).hasSize(1);
            assertThat(offsets.group("broken").errorCode()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
        }
    }

    private static OffsetFetchRequestData.OffsetFetchRequestGroup offsets(String group) {
        return new OffsetFetchRequestData.OffsetFetchRequestGroup()
                .setGroupId(group)
                .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                        .setName("orders")
                        .setPartitionIndexes(List.of(0, 1))));
    }

    @Test
    void aPredicateThatThrowsKeepsTheRuleFromFiringAndTheBrokerServes() throws Exception {
        var rule = faults.on(ApiKey.HEARTBEAT)
                .when("it throws", seen -> {
                    throw new IllegalStateException("a bug of the test's");
                })
                .then(STRIKE);
        assertThat(struck(2)).containsExactly(false, false);
        assertThat(rule.explanation()).contains("\"it throws\" kept out 2");
    }

    @Test
    void awaitingARuleThatDoesNotFireSaysWhy() throws Exception {
        var rule = faults.on(ApiKey.HEARTBEAT).group("mine").then(STRIKE);
        struck(1);
        assertThatThrownBy(() -> rule.awaitFired(1, Duration.ZERO))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("fired 0 times within PT0S (expected: 1)")
                .hasMessageContaining("which had groups [g]");
    }

    @Test
    void wrongRulesAreRefusedAtOnce() {
        assertThatThrownBy(() -> faults.on(ApiKey.HEARTBEAT).then(Verdict.corrupt()))
                .hasMessageContaining("verdict \"corrupt\" is for [HEARTBEAT]");
        assertThatThrownBy(() -> faults.on(ApiKey.HEARTBEAT).nth(0)).hasMessageContaining("expected: at least 1");
        assertThatThrownBy(() -> faults.on(ApiKey.HEARTBEAT).nth(1).first(2)).hasMessageContaining("one of nth, first");
        assertThatThrownBy(() -> faults.on(ApiKey.HEARTBEAT).probability(2)).hasMessageContaining("expected: 0 to 1");
        assertThatThrownBy(() -> Verdict.answer(ErrorCode.NONE)).hasMessageContaining("expected: an error");
        assertThatThrownBy(() -> Verdict.delay(Duration.ofMillis(-1))).hasMessageContaining("expected: 0 to");
        assertThat(faults.rules()).isEmpty();
    }

    @Test
    void rulesAddedByManyThreadsStrikeTheirShareAndNoMore() throws Exception {
        int threads = 4;
        int beats = 200;
        var failure = new AtomicReference<Throwable>();
        var rule = faults.on(ApiKey.HEARTBEAT).first(300).then(STRIKE);
        var pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<Integer> load = () -> {
                int struck = 0;
                try (var client = client()) {
                    for (int i = 0; i < beats; i++) {
                        var extra = faults.on(ApiKey.PRODUCE).then(STRIKE);
                        struck += beat(client, "g") == Errors.POLICY_VIOLATION ? 1 : 0;
                        extra.release();
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
                return struck;
            };
            int struck = 0;
            for (var each : pool.invokeAll(java.util.Collections.nCopies(threads, load))) {
                struck += each.get();
            }
            assertThat(failure.get()).isNull();
            assertThat(struck).isEqualTo(300);
        } finally {
            pool.shutdownNow();
        }
        assertThat(rule.fired()).isEqualTo(300);
        assertThat(rule.log()).hasSize(300);
        assertThat(faults.live()).isEmpty();
    }
}
