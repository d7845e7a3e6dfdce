package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;

/** The life of a group of one, spoken over the wire in every version of every request it takes, by Kafka's own classes. */
class GroupRequestVersionsTest {
    private static final int ROUNDS = 11;

    private DataInputStream in;
    private DataOutputStream out;
    private Uuid topicId;
    private int correlation;

    /** The version of a request in this round: each round one more, up to the newest there is. */
    private static short version(ApiKeys key, int oldest, int newest, int round) {
        assertThat(newest).as("newest stable version of %s", key).isEqualTo(key.latestVersion(false));
        return (short) Math.min(oldest + round, newest);
    }

    private <M extends ApiMessage> M ask(ApiKeys key, short version, ApiMessage request, M response)
            throws IOException {
        var header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setClientId("c")
                .setCorrelationId(++correlation);
        ByteBuffer head = bytes(header, key.requestHeaderVersion(version));
        ByteBuffer body = bytes(request, version);
        out.writeInt(head.remaining() + body.remaining());
        out.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
        out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
        out.flush();
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        var buffer = new ByteBufferAccessor(ByteBuffer.wrap(answer));
        var answered = new ResponseHeaderData(buffer, key.responseHeaderVersion(version));
        assertThat(answered.correlationId()).isEqualTo(correlation);
        response.read(buffer, version);
        assertThat(buffer.remaining()).as("left of %s v%s", key, version).isZero();
        return response;
    }

    private static ByteBuffer bytes(ApiMessage message, short version) {
        return MessageUtil.toByteBufferAccessor(message, version).buffer();
    }

    @Test
    void everyVersionServesAWholeLife() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = Admin.create(java.util.Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            topicId = admin.describeTopics(List.of("t"))
                    .allTopicNames()
                    .get()
                    .get("t")
                    .topicId();
            String[] address = broker.bootstrapServers().split(":");
            try (var socket = new Socket(address[0], Integer.parseInt(address[1]))) {
                in = new DataInputStream(socket.getInputStream());
                out = new DataOutputStream(socket.getOutputStream());
                for (int round = 0; round < ROUNDS; round++) {
                    live(round);
                }
            }
        }
    }

    private void live(int round) throws IOException {
        String group = "g" + round;
        findCoordinator(group, round);
        var joined = join(group, round);
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.members()).hasSize(1);
        var assignment = sync(group, joined, round);
        assertThat(assignment).isEqualTo(new byte[] {7});
        var beat = new HeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(joined.memberId())
                .setGenerationId(1);
        assertThat(ask(ApiKeys.HEARTBEAT, version(ApiKeys.HEARTBEAT, 0, 4, round), beat, new HeartbeatResponseData())
                        .errorCode())
                .isZero();
        commit(group, joined.memberId(), round);
        assertThat(fetch(group, round)).isEqualTo(40 + round);
        describe(group, round);
        leave(group, joined.memberId(), round);
        var deletion = new DeleteGroupsRequestData().setGroupsNames(List.of(group));
        var deleted = ask(
                ApiKeys.DELETE_GROUPS,
                version(ApiKeys.DELETE_GROUPS, 0, 3, round),
                deletion,
                new DeleteGroupsResponseData());
        assertThat(deleted.results().find(group).errorCode()).isZero();
    }

    private void findCoordinator(String group, int round) throws IOException {
        short version = version(ApiKeys.FIND_COORDINATOR, 0, 6, round);
        var request = version < 4
                ? new FindCoordinatorRequestData().setKey(group)
                : new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group));
        var found = ask(ApiKeys.FIND_COORDINATOR, version, request, new FindCoordinatorResponseData());
        assertThat(version < 4 ? found.errorCode() : found.coordinators().get(0).errorCode())
                .isZero();
    }

    private JoinGroupResponseData join(String group, int round) throws IOException {
        short version = version(ApiKeys.JOIN_GROUP, 0, 9, round);
        var protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("p").setMetadata(new byte[] {1, 2}));
        var request = new JoinGroupRequestData()
                .setGroupId(group)
                .setSessionTimeoutMs(10_000)
                .setProtocolType("any")
                .setProtocols(protocols);
        if (version >= 1) {
            request.setRebalanceTimeoutMs(20_000);
        }
        var answer = ask(ApiKeys.JOIN_GROUP, version, request, new JoinGroupResponseData());
        if (version >= 4) {
            assertThat(answer.errorCode()).isEqualTo((short) 79);
            request.setMemberId(answer.memberId());
            answer = ask(ApiKeys.JOIN_GROUP, version, request, new JoinGroupResponseData());
        }
        assertThat(answer.errorCode()).as("join v%s", version).isZero();
        assertThat(answer.protocolName()).isEqualTo("p");
        assertThat(answer.leader()).isEqualTo(answer.memberId());
        return answer;
    }

    private byte[] sync(String group, JoinGroupResponseData joined, int round) throws IOException {
        short version = version(ApiKeys.SYNC_GROUP, 0, 5, round);
        var request = new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {7})));
        if (version >= 5) {
            request.setProtocolType("any").setProtocolName("p");
        }
        var answer = ask(ApiKeys.SYNC_GROUP, version, request, new SyncGroupResponseData());
        assertThat(answer.errorCode()).as("sync v%s", version).isZero();
        return answer.assignment();
    }

    private void commit(String group, String memberId, int round) throws IOException {
        short version = version(ApiKeys.OFFSET_COMMIT, 2, 10, round);
        var topic = new OffsetCommitRequestData.OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(40 + round)
                        .setCommittedMetadata("note")));
        var request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(1)
                .setTopics(List.of(version >= 10 ? topic.setTopicId(topicId) : topic.setName("t")));
        var answer = ask(ApiKeys.OFFSET_COMMIT, version, request, new OffsetCommitResponseData());
        assertThat(answer.topics().get(0).partitions().get(0).errorCode())
                .as("commit v%s", version)
                .isZero();
    }

    private long fetch(String group, int round) throws IOException {
        short version = version(ApiKeys.OFFSET_FETCH, 1, 10, round);
        var request = new OffsetFetchRequestData();
        if (version < 8) {
            request.setGroupId(group)
                    .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                            .setName("t")
                            .setPartitionIndexes(List.of(0))));
            var answer = ask(ApiKeys.OFFSET_FETCH, version, request, new OffsetFetchResponseData());
            return answer.topics().get(0).partitions().get(0).committedOffset();
        }
        var topic = new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
        request.setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                .setGroupId(group)
                .setTopics(List.of(version >= 10 ? topic.setTopicId(topicId) : topic.setName("t")))));
        var answer = ask(ApiKeys.OFFSET_FETCH, version, request, new OffsetFetchResponseData())
                .groups()
                .get(0);
        assertThat(answer.errorCode()).isZero();
        return answer.topics().get(0).partitions().get(0).committedOffset();
    }

    private void describe(String group, int round) throws IOException {
        var described = ask(
                        ApiKeys.DESCRIBE_GROUPS,
                        version(ApiKeys.DESCRIBE_GROUPS, 0, 6, round),
                        new DescribeGroupsRequestData().setGroups(List.of(group)),
                        new DescribeGroupsResponseData())
                .groups()
                .get(0);
        assertThat(described.errorCode()).isZero();
        assertThat(described.groupState()).isEqualTo("Stable");
        assertThat(described.members()).hasSize(1);
        var listed = ask(
                ApiKeys.LIST_GROUPS,
                version(ApiKeys.LIST_GROUPS, 0, 5, round),
                new ListGroupsRequestData(),
                new ListGroupsResponseData());
        assertThat(listed.groups()).anyMatch(one -> one.groupId().equals(group));
    }

    private void leave(String group, String memberId, int round) throws IOException {
        short version = version(ApiKeys.LEAVE_GROUP, 0, 5, round);
        var request = new LeaveGroupRequestData().setGroupId(group);
        if (version < 3) {
            request.setMemberId(memberId);
        } else {
            request.setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(memberId)));
        }
        var answer = ask(ApiKeys.LEAVE_GROUP, version, request, new LeaveGroupResponseData());
        assertThat(answer.errorCode()).isZero();
        var again = ask(ApiKeys.LEAVE_GROUP, version, request, new LeaveGroupResponseData());
        assertThat(version < 3 ? again.errorCode() : again.members().get(0).errorCode())
                .as("second leave v%s", version)
                .isEqualTo((short) 25);
        assertThat(version < 3 || again.errorCode() == 0).isTrue();
    }
}
