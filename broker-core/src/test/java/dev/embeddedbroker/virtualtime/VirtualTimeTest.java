package dev.embeddedbroker.virtualtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.fault.Verdict;
import dev.embeddedbroker.protocol.ApiKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker in manual time is to stock clients, besides what it does when time is advanced. */
class VirtualTimeTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private static EmbeddedBroker.Builder builder() {
        return EmbeddedBroker.builder().manualTime().topic("orders", 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void clientsWorkWhenNothingIsAdvanced(String protocol) throws Exception {
        try (var world = new SteppedBroker(builder());
                var first = world.new Member("group", "group.protocol", protocol).subscribe("orders");
                var second = world.new Member("group", "group.protocol", protocol).subscribe("orders")) {
            SteppedBroker.until(() -> first.polls().consumer.assignment().size()
                            + second.polls().consumer.assignment().size()
                    == 3);
            try (var producer = world.producer("transactional.id", "t")) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("orders", 0, "k", "v")).get();
                producer.commitTransaction();
            }
            assertThat(world.values(ORDERS)).containsExactly("v");
            first.consumer.commitSync();
            first.close();
            second.has(3);
        }
    }

    @Test
    void timeStandsStillUntilItIsAdvanced() {
        try (var broker = builder().build()) {
            var start = broker.time().now();
            broker.start();
            assertThat(broker.time().now()).isEqualTo(start);
            broker.time().advance(Duration.ofMinutes(5));
            assertThat(broker.time().now()).isEqualTo(start.plusSeconds(300));
        }
    }

    @Test
    void faultsThatSlowAClientDownAreOfRealTime() throws Exception {
        try (var broker = builder().build().start();
                var admin = Admin.create(broker.clientProperties())) {
            var start = broker.time().now();
            var rule = broker.faults().on(ApiKey.DESCRIBE_CLUSTER).then(Verdict.delay(Duration.ofMillis(20)));
            var answer = broker.faults().on(ApiKey.DESCRIBE_CLUSTER).then(Verdict.delayAnswer(Duration.ofMillis(20)));
            var throttle = broker.faults().on(ApiKey.LIST_TRANSACTIONS).then(Verdict.throttle(Duration.ofMillis(20)));
            assertThat(admin.describeCluster().nodes().get(60, TimeUnit.SECONDS))
                    .hasSize(1);
            for (int i = 0; i < 2; i++) { // the second waits for the connection to be read again
                assertThat(admin.listTransactions().all().get(60, TimeUnit.SECONDS))
                        .isEmpty();
            }
            assertThat(rule.fired()).isOne();
            assertThat(answer.fired()).isOne();
            assertThat(throttle.fired()).isEqualTo(2);
            assertThat(broker.time().now()).isEqualTo(start);
        }
    }

    @Test
    void timeGoesOnFromWhereItWasWhenTheBrokerStartsAgain() throws Exception {
        try (var world = new SteppedBroker(builder())) {
            var start = world.broker.time().now();
            try (var member = world.new Member("group", "group.protocol", "classic", "group.instance.id", "one")
                    .subscribe("orders")) {
                member.has(3);
            }
            world.broker.stopBroker(0);
            world.advance(Duration.ofDays(1));
            world.broker.startBroker(0);
            assertThat(world.broker.time().now()).isEqualTo(start.plus(Duration.ofDays(1)));
            world.advance(Duration.ofSeconds(44));
            assertThat(members(world)).isEqualTo(1); // of the time when nothing ran, no session knows
            world.advance(Duration.ofSeconds(1));
            assertThat(members(world)).isZero();
        }
    }

    private static int members(SteppedBroker world) throws Exception {
        return world.admin
                .describeConsumerGroups(List.of("group"))
                .all()
                .get()
                .get("group")
                .members()
                .size();
    }

    @Test
    void brokerOfLongAgoTakesRecordsOfTodayAndStampsThemWithItsOwnTime() throws Exception {
        var longAgo = Instant.parse("2001-09-09T01:46:40Z");
        try (var world = new SteppedBroker(EmbeddedBroker.builder().manualTime(longAgo))) {
            var theirs = world.topic("create-time");
            var ours = world.topic("append-time", "message.timestamp.type=LogAppendTime");
            assertThat(world.send(theirs, "k", "v").timestamp()).isGreaterThan(longAgo.toEpochMilli());
            assertThat(world.send(ours, "k", "v").timestamp()).isEqualTo(1_000_000_000_000L);
            world.advance(Duration.ofMillis(7));
            assertThat(world.send(ours, "k", "v").timestamp()).isEqualTo(1_000_000_000_007L);
        }
    }

    @Test
    void clientsFindNoWorldThatIsHalfWayThere() throws Exception {
        try (var world = new SteppedBroker(builder())) {
            var isOver = new AtomicBoolean();
            var advances = new Thread(() -> {
                for (int i = 0; i < 50; i++) {
                    world.advance(Duration.ofSeconds(7));
                }
                isOver.set(true);
            });
            advances.start();
            // sessions of 45 s would end in between, if heartbeats were lost or answered in the past
            try (var member = world.new Member("group", "group.protocol", "classic").subscribe("orders")) {
                while (!isOver.get()) {
                    world.send(ORDERS, "k", "v");
                    member.polls();
                }
                advances.join();
                member.has(3);
            }
            assertThat(world.broker.failure()).isEmpty();
        }
    }

    @Test
    void timeOfABrokerThatGoesByTheMachinesClockCannotBeAdvanced() {
        try (var broker = new EmbeddedBroker()) {
            assertThatThrownBy(broker::time)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "this broker goes by the machine's clock (expected: EmbeddedBroker.builder().manualTime())");
        }
    }

    @Test
    void timeOfABrokerThatWasClosedCannotBeAdvanced() {
        var broker = builder().build().start();
        var time = broker.time();
        broker.close();
        assertThatThrownBy(() -> time.advance(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this broker was closed");
    }

    @Test
    void yearsPassInMoments() throws Exception {
        try (var world = new SteppedBroker(builder());
                var member = world.new Member("group").subscribe("orders")) {
            member.has(3);
            world.send(ORDERS, "k", "v");
            world.advance(Duration.ofDays(365));
            assertThat(world.earliest(ORDERS)).isEqualTo(1);
            member.has(3);
        }
    }
}
