package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.protocol.response.ProduceResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse.BatchIndexAndErrorMessage;
import dev.embeddedbroker.protocol.response.ProduceResponse.LeaderIdAndEpoch;
import dev.embeddedbroker.protocol.response.ProduceResponse.NodeEndpoint;
import dev.embeddedbroker.protocol.response.ProduceResponse.PartitionProduceResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse.TopicProduceResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One produce request from its appends to its answer, which waits for what acks asks: the high watermark with -1, and a
 * flush where one is due.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class ProduceOperation {

    private static final short FIRST_VERSION_WITH_LEADERS = 10; // KIP-951

    private final RequestContext context;
    private final short acks;
    private final int timeoutMs;
    private final List<ProduceAppend> appends;
    private final MetadataView metadata;
    private final Loop home;
    private int uncovered;
    private @Nullable Timer timer;

    ProduceOperation(
            RequestContext context, short acks, int timeoutMs, List<ProduceAppend> appends, MetadataView metadata) {
        this.context = context;
        this.acks = acks;
        this.timeoutMs = timeoutMs;
        this.appends = appends;
        this.metadata = metadata;
        this.home = context.loop();
    }

    /** Appends what its transaction admits. */
    void startIn(ProduceTransaction transaction) {
        transaction.admit(home, appends, this::start);
    }

    void start() {
        OwnerCall.run(home, appends, this::appended);
    }

    private void appended() {
        for (var append : appends) {
            if (!append.isCovered()) uncovered++;
        }
        if (uncovered == 0) {
            answer();
            return;
        }
        timer = home.pace(timeoutMs, this::timedOut);
        for (var append : appends) {
            Partition partition = append.partition();
            if (!append.isCovered() && partition != null) await(append, partition);
        }
    }

    private void await(ProduceAppend append, Partition partition) {
        partition.loop().run(() -> append.await(partition, error -> home.execute(() -> covered(append, error))));
    }

    private void covered(ProduceAppend append, ErrorCode error) {
        if (append.isCovered()) return;
        append.cover(error);
        if (--uncovered == 0) {
            if (timer != null) timer.cancel();
            answer();
        }
    }

    private void timedOut() {
        for (var append : appends) {
            if (!append.isCovered()) append.cover(ErrorCode.REQUEST_TIMED_OUT);
        }
        answer();
    }

    private void answer() {
        if (acks == 0) {
            answerNothing();
            return;
        }
        var leaders = new Leaders(metadata.image(), context.connection().listenerName());
        var response = new ProduceResponse();
        TopicProduceData topic = null;
        TopicProduceResponse topicAnswer = null;
        for (var append : appends) {
            if (topicAnswer == null || append.topic() != topic) {
                topic = append.topic();
                topicAnswer = new TopicProduceResponse().setName(topic.name).setTopicId(topic.topicId);
                response.responses.add(topicAnswer);
            }
            topicAnswer.partitionResponses.add(answerOf(append, leaders));
        }
        for (var node : leaders.nodes()) {
            response.nodeEndpoints.add(new NodeEndpoint()
                    .setNodeId(node.id())
                    .setHost(node.host())
                    .setPort(node.port())
                    .setRack(node.rack()));
        }
        context.reply(response);
    }

    private PartitionProduceResponse answerOf(ProduceAppend append, Leaders leaders) {
        var outcome = append.outcome();
        var answer = new PartitionProduceResponse()
                .setIndex(append.index())
                .setErrorCode(outcome.error().id())
                .setErrorMessage(outcome.message())
                .setBaseOffset(outcome.firstOffset())
                .setLogAppendTimeMs(outcome.appendTimeMs())
                .setLogStartOffset(outcome.startOffset());
        for (var wrong : outcome.recordErrors()) {
            answer.recordErrors.add(new BatchIndexAndErrorMessage()
                    .setBatchIndex(wrong.batchIndex())
                    .setBatchIndexErrorMessage(wrong.message()));
        }
        if (outcome.error() == ErrorCode.NOT_LEADER_OR_FOLLOWER && context.version() >= FIRST_VERSION_WITH_LEADERS) {
            var leader = leaders.of(topicOf(append), append.index());
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.id()).setLeaderEpoch(leader.epoch()));
        }
        return answer;
    }

    private @Nullable TopicImage topicOf(ProduceAppend append) {
        var image = metadata.image();
        return context.version() < ProduceHandler.FIRST_VERSION_WITH_TOPIC_IDS
                ? image.topic(append.topic().name)
                : image.topic(append.topic().topicId);
    }

    private void answerNothing() {
        for (var append : appends) {
            if (!append.outcome().isAppended()) {
                context.disconnect(
                        "Produce with acks=0 failed: " + append.outcome().error() + " on partition " + append.index()
                                + " of " + append.topic().name + " " + append.topic().topicId);
                return;
            }
        }
        context.replyNothing();
    }
}
