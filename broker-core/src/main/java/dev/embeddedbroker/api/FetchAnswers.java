package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.partition.FetchItem;
import dev.embeddedbroker.partition.FetchPlan;
import dev.embeddedbroker.partition.ReadOutcome;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.FetchResponse.AbortedTransaction;
import dev.embeddedbroker.protocol.response.FetchResponse.EpochEndOffset;
import dev.embeddedbroker.protocol.response.FetchResponse.FetchableTopicResponse;
import dev.embeddedbroker.protocol.response.FetchResponse.LeaderIdAndEpoch;
import dev.embeddedbroker.protocol.response.FetchResponse.NodeEndpoint;
import dev.embeddedbroker.protocol.response.FetchResponse.PartitionData;
import dev.embeddedbroker.storage.log.LogSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fetch's reads as a response, in the order and with the gaps Kafka has. <b>Owner:</b> the fetch's loop. */
final class FetchAnswers {

    private static final short FIRST_VERSION_WITH_LEADERS = 16; // KIP-951
    private static final short LAST_VERSION_WITHOUT_STORAGE_ERROR = 5;
    private static final short FIRST_VERSION_WITH_ZSTD = 10; // KIP-110
    private static final int MEASURED_FIRST_BYTES = 512;
    private static final int SIZE_FIELD_BYTES = 4; // in front of an answer, which Kafka counts too
    private static final ByteBuffer NO_RECORDS = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final RequestContext context;
    private final FetchRead.Reader reader;
    private final MetadataView metadata;
    private final List<LogSlice> leases = new ArrayList<>();

    FetchAnswers(RequestContext context, FetchRead.Reader reader, MetadataView metadata) {
        this.context = context;
        this.reader = reader;
        this.metadata = metadata;
    }

    /** What the response's records are in; to be closed once it is sent. */
    List<LogSlice> leases() {
        return leases;
    }

    FetchResponse build(FetchPlan plan, List<FetchRead> reads) {
        // Kafka answers the partitions it does not know after the others
        var answers = new ArrayList<FetchRead>(reads.size());
        for (var read : reads) {
            if (!read.isUnknown()) answers.add(read);
        }
        for (var read : reads) {
            if (read.isUnknown()) answers.add(read);
        }
        if (isThrottled(plan, answers)) {
            reads.forEach(FetchRead::release);
            return closing(plan.finishWithoutNews());
        }
        var closing = plan.finish(answers);
        if (closing.error() != ErrorCode.NONE) reads.forEach(FetchRead::release);
        var response = closing(closing);
        fill(response, answers);
        return response;
    }

    private static FetchResponse closing(FetchPlan.Closing closing) {
        return new FetchResponse().setErrorCode(closing.error().id()).setSessionId(closing.sessionId());
    }

    /** Charges the client for the answer it would get. */
    private boolean isThrottled(FetchPlan plan, List<FetchRead> answers) {
        var charge = context.charge();
        if (charge == Charge.FREE || reader.isFollower()) return false;
        var told = new ArrayList<FetchRead>(answers);
        told.removeIf(read -> !plan.isToBeTold(read));
        var response = new FetchResponse();
        fill(response, told);
        leases.clear(); // they are the reads'
        var out = new WireWriter(MEASURED_FIRST_BYTES);
        response.write(out, context.version());
        return charge.fetched(SIZE_FIELD_BYTES + out.size()) > 0;
    }

    private void fill(FetchResponse response, List<FetchRead> answers) {
        var leaders = new Leaders(metadata.image(), context.connection().listenerName());
        FetchItem previous = null;
        FetchableTopicResponse topic = null;
        for (var read : answers) {
            FetchItem item = read.item();
            if (topic == null || previous == null || !item.isSameTopic(previous)) {
                topic = new FetchableTopicResponse().setTopic(item.topicName()).setTopicId(item.topicId());
                response.responses.add(topic);
            }
            previous = item;
            topic.partitions.add(answerOf(read, leaders));
        }
        for (var node : leaders.nodes()) {
            response.nodeEndpoints.add(new NodeEndpoint()
                    .setNodeId(node.id())
                    .setHost(node.host())
                    .setPort(node.port())
                    .setRack(node.rack()));
        }
    }

    private PartitionData answerOf(FetchRead read, Leaders leaders) {
        if (reader.version() < FIRST_VERSION_WITH_ZSTD && read.storesZstd()) {
            read.release();
            return errorOf(read.item(), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        }
        ReadOutcome outcome = read.outcome();
        var answer = new PartitionData()
                .setPartitionIndex(read.item().index())
                .setErrorCode(errorFor(reader.version(), outcome.error()).id())
                .setHighWatermark(outcome.highWatermark())
                .setLastStableOffset(outcome.lastStableOffset())
                .setLogStartOffset(outcome.startOffset())
                .setAbortedTransactions(abortedOf(outcome))
                .setRecords(recordsOf(outcome));
        var diverging = outcome.diverging();
        if (diverging != null) {
            answer.setDivergingEpoch(
                    new EpochEndOffset().setEpoch(diverging.epoch()).setEndOffset(diverging.endOffset()));
        }
        boolean wrongAboutLeader =
                outcome.error() == ErrorCode.NOT_LEADER_OR_FOLLOWER || outcome.error() == ErrorCode.FENCED_LEADER_EPOCH;
        if (wrongAboutLeader && reader.version() >= FIRST_VERSION_WITH_LEADERS) {
            var leader = leaders.of(
                    metadata.image().topic(read.item().topicId()), read.item().index());
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.id()).setLeaderEpoch(leader.epoch()));
        }
        return answer;
    }

    private ByteBuffer recordsOf(ReadOutcome outcome) {
        LogSlice slice = outcome.slice();
        if (slice == null) return NO_RECORDS;
        leases.add(slice);
        return slice.bytes();
    }

    private static @Nullable List<AbortedTransaction> abortedOf(ReadOutcome outcome) {
        var aborted = outcome.aborted();
        if (aborted == null) return null;
        var answers = new ArrayList<AbortedTransaction>(aborted.size());
        for (var txn : aborted) {
            answers.add(new AbortedTransaction().setProducerId(txn.producerId()).setFirstOffset(txn.firstOffset()));
        }
        return answers;
    }

    private static PartitionData errorOf(FetchItem item, ErrorCode error) {
        return new PartitionData()
                .setPartitionIndex(item.index())
                .setErrorCode(error.id())
                .setHighWatermark(-1)
                .setRecords(NO_RECORDS);
    }

    /** Clients before v6 do not know KAFKA_STORAGE_ERROR; NOT_LEADER_OR_FOLLOWER makes them look for another leader. */
    private static ErrorCode errorFor(short version, ErrorCode error) {
        return error == ErrorCode.KAFKA_STORAGE_ERROR && version <= LAST_VERSION_WITHOUT_STORAGE_ERROR
                ? ErrorCode.NOT_LEADER_OR_FOLLOWER
                : error;
    }

    /** The answer to a request that was not served at all: the error of each partition, and from v7 on of the whole. */
    static FetchResponse refuse(FetchRequest request, short version, ErrorCode code) {
        var response = new FetchResponse().setErrorCode(code.id()).setSessionId(0);
        if (version >= FetchHandler.FIRST_VERSION_WITH_TOPIC_IDS) return response;
        for (var topic : request.topics) {
            var answer = new FetchableTopicResponse().setTopic(topic.topic).setTopicId(topic.topicId);
            response.responses.add(answer);
            for (var asked : topic.partitions) {
                answer.partitions.add(new PartitionData()
                        .setPartitionIndex(asked.partition)
                        .setErrorCode(errorFor(version, code).id())
                        .setHighWatermark(-1)
                        .setRecords(NO_RECORDS));
            }
        }
        return response;
    }
}
