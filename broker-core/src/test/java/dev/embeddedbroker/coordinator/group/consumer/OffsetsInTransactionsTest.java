package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeletedTopic;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What producers commit in their transactions, and what becomes of it before they end. */
class OffsetsInTransactionsTest {
    private static final long PRODUCER = 7;

    private final ConsumerLab lab = new ConsumerLab().topic("t", 2);

    private ErrorCode commit(String memberId, int generation, long offset) {
        var topic =
                new OffsetCommitRequest.OffsetCommitRequestTopic().setName("t").setTopicId(lab.id("t"));
        topic.partitions.add(new OffsetCommitRequest.OffsetCommitRequestPartition().setCommittedOffset(offset));
        var request = new OffsetCommitRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation);
        request.topics.add(topic);
        var answer = (OffsetCommitResponse) lab.ask(
                t -> new OffsetCommand.CommitOffsets(t, request, (short) 5, new TxnProducer(PRODUCER, (short) 0, 0)));
        return ErrorCode.forId(answer.topics.get(0).partitions.get(0).errorCode);
    }

    private void delete(String topic, Uuid id) {
        lab.tell(new OffsetCommand.TopicsDeleted(List.of(new DeletedTopic(topic, id))));
    }

    private List<Long> committed() {
        var asked = new OffsetFetchRequestGroup().setGroupId(ConsumerLab.GROUP).setTopics(null);
        var answer = (OffsetFetchResponseGroup) lab.ask(t -> new OffsetCommand.FetchOffsets(t, asked, true));
        return answer.topics.stream()
                .flatMap(topic -> topic.partitions.stream())
                .map(partition -> partition.committedOffset)
                .toList();
    }

    @Test
    void offsetsOfADeletedTopicDoNotComeBackWithTheEndOfATransaction() {
        assertThat(commit("", -1, 5)).isEqualTo(ErrorCode.NONE);
        delete("t", lab.id("t"));
        lab.endTransaction(PRODUCER, true);
        assertThat(committed()).isEmpty();
        assertThat(lab.restart().machine().offsets().groupIds()).isEmpty();
    }

    @Test
    void offsetsOfATopicMadeAnewStayWhenTheOneBeforeItIsDeleted() {
        assertThat(commit("", -1, 5)).isEqualTo(ErrorCode.NONE);
        delete("t", new Uuid(1, 1));
        delete("another", lab.id("t"));
        lab.endTransaction(PRODUCER, true);
        assertThat(committed()).containsExactly(5L);
    }

    @Test
    void aCommitInATransactionIsNoSignOfLifeOfTheMember() {
        var member = lab.classic("t").join();
        lab.advance(ClassicClient.SESSION_MS - 1);
        assertThat(commit(member.memberId, member.generation, 5)).isEqualTo(ErrorCode.NONE);
        lab.advance(1);
        assertThat(commit(member.memberId, member.generation, 6)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void onlyMinusOneIsTheEpochOfOneWhoDoesNotSayWhichMemberItIs() {
        lab.client("a", "t").join();
        assertThat(commit("", -1, 5)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("", -2, 6)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }
}
