package dev.embeddedbroker.api;

import dev.embeddedbroker.api.TransactionAdmission.Client;
import dev.embeddedbroker.api.TransactionAdmission.Writer;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.protocol.response.ProduceResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse.PartitionProduceResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse.TopicProduceResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Produce (key 0): appends one batch to each of some partitions.
 *
 * <ul>
 *   <li>From v13 on topics come by id (KIP-516): UNKNOWN_TOPIC_ID where there is none.
 *   <li>acks other than 0, 1 and -1: INVALID_REQUIRED_ACKS. With acks=0 there is no answer, and an error closes the
 *       connection, so that the client asks for metadata again.
 *   <li>Each partition must get exactly one batch of format v2; zstd needs v7 (KIP-110).
 *   <li>Only the admin client's id may write to internal topics; others get INVALID_TOPIC_EXCEPTION.
 *   <li>A batch seen before is answered like the first time it came.
 *   <li>Transactional batches need a transactional id, and may name one producer only.
 *   <li>The first write of a transaction to a partition is asked about at the transaction's coordinator, and from v12 on
 *       adds the partition to the transaction (KIP-890).
 *   <li>Versions 0-2 are advertised for librdkafka's sake but never get here (KAFKA-18659).
 * </ul>
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequest> {

    static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    /** The client id Kafka's own tools have that may write to internal topics. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private final Partitions partitions;
    private final MetadataView metadata;
    private final TransactionAdmission admission;

    /**
     * @param partitions this broker's partitions
     * @param metadata where the leaders of other partitions are looked up
     * @param admission what transactions may write to
     */
    public ProduceHandler(Partitions partitions, MetadataView metadata, TransactionAdmission admission) {
        this.admission = admission;
        this.partitions = partitions;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, ProduceRequest request) {
        var batches = ProducedBatches.of(request);
        if (batches.isTransactional() && request.transactionalId == null) {
            refuseAll(context, request, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            return;
        }
        if (batches.hasSeveralProducers()) {
            refuseAll(context, request, ErrorCode.INVALID_PRODUCER_ID_MAPPING);
            return;
        }
        var appends = new ArrayList<ProduceAppend>();
        for (var topic : request.topicData) {
            for (var produced : topic.partitionData) {
                appends.add(resolve(context, request, topic, produced));
            }
        }
        var operation = new ProduceOperation(context, request.acks, request.timeoutMs, appends, metadata);
        var client = Client.ofProduce(context.version());
        if (batches.isTransactional() && request.transactionalId != null && admission.isNeeded(client)) {
            var writer = new Writer(request.transactionalId, batches.producerId(), batches.producerEpoch());
            operation.startIn(new ProduceTransaction(admission, writer, client));
        } else {
            operation.start();
        }
    }

    private ProduceAppend resolve(
            RequestContext context, ProduceRequest request, TopicProduceData topic, PartitionProduceData produced) {
        boolean byId = context.version() >= FIRST_VERSION_WITH_TOPIC_IDS;
        var append = new ProduceAppend(topic, produced, request.acks);
        Partition partition =
                byId ? partitions.find(topic.topicId, produced.index) : partitions.find(topic.name, produced.index);
        if (partition == null) return append.refuse(absenceOf(topic, produced.index, byId), null);
        var flaw = ProducedBatches.flawOf(produced.records, context.version());
        if (flaw != null) return append.refuse(flaw.error(), flaw.message());
        if (request.acks < -1 || request.acks > 1) {
            return append.refuse(
                    ErrorCode.INVALID_REQUIRED_ACKS, "acks is " + request.acks + " (expected: -1, 0 or 1)");
        }
        if (TopicRules.isInternal(partition.topic()) && !ADMIN_CLIENT_ID.equals(context.clientId())) {
            return append.refuse(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "Cannot append to internal topic " + partition.topic());
        }
        return append.to(partition);
    }

    private ErrorCode absenceOf(TopicProduceData topic, int index, boolean byId) {
        if (!byId) return partitions.whyAbsent(topic.name, index);
        return metadata.image().topic(topic.topicId) == null
                ? ErrorCode.UNKNOWN_TOPIC_ID
                : partitions.whyAbsent(topic.topicId, index);
    }

    private void refuseAll(RequestContext context, ProduceRequest request, ErrorCode code) {
        if (request.acks == 0) {
            context.disconnect("Produce with acks=0 failed: " + code);
        } else {
            context.reply(refuse(request, context.version(), code, null));
        }
    }

    @Override
    public Response refuse(ProduceRequest request, short version, ErrorCode code, @Nullable String message) {
        List<TopicProduceResponse> topics = new ArrayList<>();
        for (var topic : request.topicData) {
            var answer = new TopicProduceResponse().setName(topic.name).setTopicId(topic.topicId);
            topics.add(answer);
            for (var produced : topic.partitionData) {
                answer.partitionResponses.add(new PartitionProduceResponse()
                        .setIndex(produced.index)
                        .setErrorCode(code.id())
                        .setErrorMessage(message)
                        .setBaseOffset(-1));
            }
        }
        return new ProduceResponse().setResponses(topics);
    }
}
