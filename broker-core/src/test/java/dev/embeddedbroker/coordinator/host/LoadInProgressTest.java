package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.api.ApiHandler;
import dev.embeddedbroker.api.ConsumerGroupDescribeHandler;
import dev.embeddedbroker.api.ConsumerGroupHeartbeatHandler;
import dev.embeddedbroker.api.ConsumerGroupsOffer;
import dev.embeddedbroker.api.DeleteGroupsHandler;
import dev.embeddedbroker.api.DescribeGroupsHandler;
import dev.embeddedbroker.api.FindCoordinatorHandler;
import dev.embeddedbroker.api.GroupContext;
import dev.embeddedbroker.api.HeartbeatHandler;
import dev.embeddedbroker.api.JoinGroupHandler;
import dev.embeddedbroker.api.LeaveGroupHandler;
import dev.embeddedbroker.api.ListGroupsHandler;
import dev.embeddedbroker.api.OffsetCommitHandler;
import dev.embeddedbroker.api.OffsetDeleteHandler;
import dev.embeddedbroker.api.OffsetFetchHandler;
import dev.embeddedbroker.api.RecordedRequest;
import dev.embeddedbroker.api.SyncGroupHandler;
import dev.embeddedbroker.api.TopicLookups;
import dev.embeddedbroker.api.TransactionAdmission;
import dev.embeddedbroker.api.TxnOffsetCommitHandler;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.TestNode;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.request.ConsumerGroupDescribeRequest;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.DeleteGroupsRequest;
import dev.embeddedbroker.protocol.request.DescribeGroupsRequest;
import dev.embeddedbroker.protocol.request.FindCoordinatorRequest;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.ListGroupsRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.request.TxnOffsetCommitRequest;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each request about a group is answered while the group's coordinator reads its log, read by Kafka's own classes. */
class LoadInProgressTest {
    private static final int COMMITS = 3;

    @TempDir
    Path directory;

    private TestNode node;
    private MemoryLog log;
    private GroupCoordinators groups;

    @BeforeEach
    void commitSomeOffsetsAndStartAnew() {
        node = TestNode.started(directory, 1);
        node.create("__consumer_offsets", 1);
        node.create("orders", COMMITS);
        log = new MemoryLog(node.loop);
        start();
        for (int partition = 0; partition < COMMITS; partition++) {
            assertThat(commit(partition)).isEqualTo(ErrorCode.NONE);
        }
        groups.stop(0, ErrorCode.NOT_COORDINATOR);
        start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** Reads the first batch of the log; the others take a turn of the loop each. */
    private void start() {
        groups = new GroupCoordinators(
                node.host, node.controller, InternalTopics.onOneBroker(), GroupSettings.defaults());
        groups.start(0, log);
    }

    private <Q extends Request, A extends ApiMessage> A ask(
            ApiKey key, int version, ApiHandler<Q> handler, Q request, A answer) {
        return new RecordedRequest(node.loop, key, version)
                .handledBy(handler, request)
                .answer(answer);
    }

    private GroupContext context() {
        return new GroupContext(groups::topics, id -> groups.settings().consumer());
    }

    private ErrorCode commit(int partition) {
        var request = new OffsetCommitRequest().setGroupId("readers");
        request.topics.add(new OffsetCommitRequest.OffsetCommitRequestTopic()
                .setName("orders")
                .setPartitions(List.of(new OffsetCommitRequest.OffsetCommitRequestPartition()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(7))));
        var answer = ask(
                ApiKey.OFFSET_COMMIT,
                9,
                new OffsetCommitHandler(groups, node.host),
                request,
                new OffsetCommitResponseData());
        return ErrorCode.forId(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private OffsetFetchResponseData.OffsetFetchResponseGroup fetch() {
        var request = new OffsetFetchRequest();
        request.groups.add(new OffsetFetchRequest.OffsetFetchRequestGroup()
                .setGroupId("readers")
                .setTopics(null));
        return ask(
                        ApiKey.OFFSET_FETCH,
                        9,
                        new OffsetFetchHandler(groups, node.host),
                        request,
                        new OffsetFetchResponseData())
                .groups()
                .get(0);
    }

    private static void assertLoading(short errorCode) {
        assertThat(ErrorCode.forId(errorCode)).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void offsetsAreNeitherCommittedNorFetchedUntilAllOfTheLogIsRead() {
        assertThat(commit(0)).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertLoading(fetch().errorCode());
        var deletion = new OffsetDeleteRequest().setGroupId("readers");
        assertLoading(ask(
                        ApiKey.OFFSET_DELETE,
                        0,
                        new OffsetDeleteHandler(groups, node.host),
                        deletion,
                        new OffsetDeleteResponseData())
                .errorCode());

        node.loop.runAll();

        assertThat(fetch().topics().get(0).partitions())
                .hasSize(COMMITS)
                .allSatisfy(partition -> assertThat(partition.committedOffset()).isEqualTo(7));
        assertThat(commit(0)).isEqualTo(ErrorCode.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, COORDINATOR_NOT_AVAILABLE",
        "1, COORDINATOR_NOT_AVAILABLE",
        "2, COORDINATOR_LOAD_IN_PROGRESS",
        "4, COORDINATOR_LOAD_IN_PROGRESS"
    })
    void offsetsOfATransactionAreRefusedAsTheClientKnowsIt(int version, ErrorCode expected, @TempDir Path logs) {
        try (var broker = new OneBroker(logs, 1).topic("__consumer_offsets", 1)) {
            var admission = new TransactionAdmission(() -> false, (id, command, answer, refuse) -> {
                throw new AssertionError("the coordinator of " + id + " is asked");
            });
            var handler = new TxnOffsetCommitHandler(groups, broker.partitions, node.host, admission);

            assertThat(commitInTransaction(handler, version, broker)).isEqualTo(expected);
            node.loop.runAll();
            assertThat(commitInTransaction(handler, version, broker)).isEqualTo(ErrorCode.NONE);
        }
    }

    private ErrorCode commitInTransaction(TxnOffsetCommitHandler handler, int version, OneBroker broker) {
        var request = new TxnOffsetCommitRequest().setTransactionalId("copier").setGroupId("readers");
        request.topics.add(new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
                .setName("orders")
                .setPartitions(List.of(new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(8))));
        var sent = new RecordedRequest(node.loop, ApiKey.TXN_OFFSET_COMMIT, version);
        broker.loops.inside(broker.loop(0), () -> sent.handledBy(handler, request));
        var answer = sent.answer(new TxnOffsetCommitResponseData());
        return ErrorCode.forId(answer.topics().get(0).partitions().get(0).errorCode());
    }

    @Test
    void membersOfTheClassicProtocolAreToldToTryAgain() {
        var join = new JoinGroupRequest()
                .setGroupId("readers")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(10_000)
                .setProtocolType("consumer")
                .setProtocols(List.of(new JoinGroupRequest.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[0])));
        assertLoading(ask(
                        ApiKey.JOIN_GROUP,
                        9,
                        new JoinGroupHandler(groups, context(), () -> "suffix"),
                        join,
                        new JoinGroupResponseData())
                .errorCode());
        var sync = new SyncGroupRequest()
                .setGroupId("readers")
                .setMemberId("m")
                .setGenerationId(1)
                .setProtocolType("consumer")
                .setProtocolName("range");
        assertLoading(
                ask(ApiKey.SYNC_GROUP, 5, new SyncGroupHandler(groups, context()), sync, new SyncGroupResponseData())
                        .errorCode());
        var leave = new LeaveGroupRequest()
                .setGroupId("readers")
                .setMembers(List.of(new LeaveGroupRequest.MemberIdentity().setMemberId("m")));
        assertLoading(ask(
                        ApiKey.LEAVE_GROUP,
                        5,
                        new LeaveGroupHandler(groups, context()),
                        leave,
                        new LeaveGroupResponseData())
                .errorCode());
    }

    @Test
    void aHeartbeatOfTheClassicProtocolIsFineMeanwhile() {
        var beat = new HeartbeatRequest().setGroupId("readers").setMemberId("m").setGenerationId(1);
        var handler = new HeartbeatHandler(groups);
        assertThat(ask(ApiKey.HEARTBEAT, 4, handler, beat, new HeartbeatResponseData())
                        .errorCode())
                .isZero();
        node.loop.runAll();
        assertThat(ErrorCode.forId(ask(ApiKey.HEARTBEAT, 4, handler, beat, new HeartbeatResponseData())
                        .errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void membersOfTheConsumerProtocolAreToldToTryAgain() {
        var offer = new ConsumerGroupsOffer(node.host, () -> List.of("classic", "consumer"));
        var beat = new ConsumerGroupHeartbeatRequest()
                .setGroupId("readers")
                .setMemberId("m")
                .setRebalanceTimeoutMs(10_000)
                .setSubscribedTopicNames(List.of("orders"))
                .setTopicPartitions(List.of());
        assertLoading(ask(
                        ApiKey.CONSUMER_GROUP_HEARTBEAT,
                        1,
                        new ConsumerGroupHeartbeatHandler(
                                groups,
                                offer,
                                () -> "fresh",
                                id -> groups.settings().consumer(),
                                new TopicLookups(groups.arrivals())),
                        beat,
                        new ConsumerGroupHeartbeatResponseData())
                .errorCode());
        var describe = new ConsumerGroupDescribeRequest().setGroupIds(List.of("readers"));
        assertLoading(ask(
                        ApiKey.CONSUMER_GROUP_DESCRIBE,
                        1,
                        new ConsumerGroupDescribeHandler(groups, node.host, offer, id -> groups.settings()
                                .consumer()),
                        describe,
                        new ConsumerGroupDescribeResponseData())
                .groups()
                .get(0)
                .errorCode());
    }

    @Test
    void administratorsAreToldToTryAgain() {
        var list = new ListGroupsRequest();
        assertLoading(ask(ApiKey.LIST_GROUPS, 5, new ListGroupsHandler(groups), list, new ListGroupsResponseData())
                .errorCode());
        var describe = new DescribeGroupsRequest().setGroups(List.of("readers"));
        assertLoading(ask(
                        ApiKey.DESCRIBE_GROUPS,
                        6,
                        new DescribeGroupsHandler(groups),
                        describe,
                        new DescribeGroupsResponseData())
                .groups()
                .get(0)
                .errorCode());
        var delete = new DeleteGroupsRequest().setGroupsNames(List.of("readers"));
        assertLoading(
                ask(ApiKey.DELETE_GROUPS, 2, new DeleteGroupsHandler(groups), delete, new DeleteGroupsResponseData())
                        .results()
                        .find("readers")
                        .errorCode());
    }

    @Test
    void theCoordinatorIsFoundAllTheSame() {
        var request = new FindCoordinatorRequest().setKeyType((byte) 0);
        request.coordinatorKeys.add("readers");
        var handler = new FindCoordinatorHandler(groups, null, node.host, 1);
        var found = ask(ApiKey.FIND_COORDINATOR, 6, handler, request, new FindCoordinatorResponseData());
        assertThat(found.coordinators()).singleElement().satisfies(coordinator -> {
            assertThat(ErrorCode.forId(coordinator.errorCode())).isEqualTo(ErrorCode.NONE);
            assertThat(coordinator.nodeId()).isEqualTo(1);
        });
    }
}
