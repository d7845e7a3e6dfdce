package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a reset does to a member of the consumer protocol at each step of its way to a partition. A stock client gets stuck
 * if it learns of a topic id that is nowhere to be looked up any more, and gives its partitions up for a moment if it is
 * told of one that it has not looked up yet.
 */
class ResetOfMembersTest {
    private static final int HEARTBEAT = 1;
    private static final int OFFSET_FETCH = 10;
    private static final String MEMBER = Uuid.randomUuid().toString();

    private EmbeddedBroker broker;
    private WireClient client;
    private int requests;

    @BeforeEach
    void start() throws IOException {
        broker = EmbeddedBroker.builder().topic("orders", 1).build().start();
        client = new WireClient(new InetSocketAddress("localhost", broker.port()));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        assertThat(broker.failure()).isEmpty();
        broker.close();
    }

    @Test
    void aMemberThatMayNotHaveTakenWhatItWasToldIsToldAnew() throws IOException {
        var old = assigned(join());
        broker.reset();
        var answer = beat(2, null);
        assertThat(assigned(answer)).as("in the next answer").isNotEqualTo(old);
        assertThat(beat(answer.memberEpoch(), assigned(answer)).assignment()).isNull();
    }

    @Test
    void aMemberThatHasItsPartitionKeepsItAndIsNotTold() throws IOException {
        var old = assigned(join());
        int epoch = beat(2, old).memberEpoch();
        for (int round = 0; round < 3; round++) {
            broker.reset();
            var answer = beat(epoch, null);
            assertThat(answer.assignment()).as("round " + round).isNull();
            assertThat(answer.memberEpoch()).as("the new topic's").isGreaterThan(epoch);
            epoch = answer.memberEpoch();
        }
    }

    @Test
    void aMemberThatSaysAfterwardsThatItHasTheOldTopicIsNotTold() throws IOException {
        var old = assigned(join());
        broker.reset();
        var answer = beat(2, old);
        assertThat(answer.assignment()).isNull();
        broker.reset();
        assertThat(beat(answer.memberEpoch(), null).assignment()).isNull();
    }

    @Test
    void theCommittedOffsetOfTheOldTopicIsThatOfTheNewOne() throws IOException {
        var old = assigned(join());
        int epoch = beat(2, old).memberEpoch();
        broker.reset();
        broker.reset();
        epoch = beat(epoch, null).memberEpoch();
        var topic = fetchOffset(old, epoch);
        assertThat(topic.topicId()).isEqualTo(old);
        assertThat(Errors.forCode(topic.partitions().get(0).errorCode())).isEqualTo(Errors.NONE);
        assertThat(topic.partitions().get(0).committedOffset()).isEqualTo(-1);

        var stranger = fetchOffset(Uuid.randomUuid(), epoch);
        assertThat(Errors.forCode(stranger.partitions().get(0).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    private ConsumerGroupHeartbeatResponseData join() throws IOException {
        return ask(request(0)
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(List.of("orders"))
                .setTopicPartitions(List.of()));
    }

    private ConsumerGroupHeartbeatResponseData beat(int epoch, Uuid owned) throws IOException {
        return ask(request(epoch)
                .setTopicPartitions(
                        owned == null
                                ? null
                                : List.of(
                                        new TopicPartitions().setTopicId(owned).setPartitions(List.of(0)))));
    }

    private static ConsumerGroupHeartbeatRequestData request(int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId("readers")
                .setMemberId(MEMBER)
                .setMemberEpoch(epoch)
                .setTopicPartitions(null);
    }

    private ConsumerGroupHeartbeatResponseData ask(ConsumerGroupHeartbeatRequestData request) throws IOException {
        var response = (ConsumerGroupHeartbeatResponse)
                client.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, HEARTBEAT, ++requests, request);
        assertThat(Errors.forCode(response.data().errorCode())).isEqualTo(Errors.NONE);
        return response.data();
    }

    private OffsetFetchResponseTopics fetchOffset(Uuid topic, int epoch) throws IOException {
        var group = new OffsetFetchRequestGroup()
                .setGroupId("readers")
                .setMemberId(MEMBER)
                .setMemberEpoch(epoch)
                .setTopics(
                        List.of(new OffsetFetchRequestTopics().setTopicId(topic).setPartitionIndexes(List.of(0))));
        var response = (OffsetFetchResponse) client.ask(
                ApiKeys.OFFSET_FETCH, OFFSET_FETCH, ++requests, new OffsetFetchRequestData().setGroups(List.of(group)));
        return response.data().groups().get(0).topics().get(0);
    }

    private static Uuid assigned(ConsumerGroupHeartbeatResponseData answer) {
        var topics = answer.assignment().topicPartitions();
        assertThat(topics).hasSize(1);
        return topics.get(0).topicId();
    }
}
