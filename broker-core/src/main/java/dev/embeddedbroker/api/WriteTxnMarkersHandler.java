package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.TxnMarkers;
import dev.embeddedbroker.coordinator.txn.TxnEffect.Marker;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.WriteTxnMarkersRequest;
import dev.embeddedbroker.protocol.request.WriteTxnMarkersRequest.WritableTxnMarker;
import dev.embeddedbroker.protocol.response.WriteTxnMarkersResponse;
import dev.embeddedbroker.protocol.response.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import dev.embeddedbroker.protocol.response.WriteTxnMarkersResponse.WritableTxnMarkerResult;
import dev.embeddedbroker.protocol.response.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import java.util.ArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * WriteTxnMarkers (27): ends transactions in partitions of this broker. Asked by coordinators elsewhere, and by
 * administrators who abort a hanging transaction (KIP-664). v2+: the transaction's version, which says how strictly the
 * epoch is compared (KIP-890).
 */
public final class WriteTxnMarkersHandler implements ApiHandler<WriteTxnMarkersRequest> {
    private final TxnMarkers markers;

    public WriteTxnMarkersHandler(TxnMarkers markers) {
        this.markers = markers;
    }

    @Override
    public void handle(RequestContext context, WriteTxnMarkersRequest request) {
        var gather = new Gather<>(
                request.markers.size(),
                new WritableTxnMarkerResult(),
                results -> context.reply(new WriteTxnMarkersResponse().setMarkers(new ArrayList<>(results))));
        for (int i = 0; i < request.markers.size(); i++) {
            int index = i;
            var asked = request.markers.get(i);
            var partitions = new ArrayList<TxnPartition>();
            asked.topics.forEach(
                    topic -> topic.partitionIndexes.forEach(p -> partitions.add(new TxnPartition(topic.name, p))));
            var marker = new Marker(
                    asked.producerId,
                    asked.producerEpoch,
                    asked.transactionResult,
                    asked.coordinatorEpoch,
                    asked.transactionVersion);
            markers.write(
                    context.loop(),
                    marker,
                    partitions,
                    false,
                    errors -> gather.put(
                            index, result(asked, p -> errors.getOrDefault(p, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))));
        }
    }

    private static WritableTxnMarkerResult result(WritableTxnMarker asked, Function<TxnPartition, ErrorCode> errors) {
        var result = new WritableTxnMarkerResult().setProducerId(asked.producerId);
        for (var topic : asked.topics) {
            var topicResult = new WritableTxnMarkerTopicResult().setName(topic.name);
            result.topics.add(topicResult);
            for (int partition : topic.partitionIndexes) {
                topicResult.partitions.add(new WritableTxnMarkerPartitionResult()
                        .setPartitionIndex(partition)
                        .setErrorCode(errors.apply(new TxnPartition(topic.name, partition))
                                .id()));
            }
        }
        return result;
    }

    @Override
    public Response refuse(WriteTxnMarkersRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new WriteTxnMarkersResponse();
        request.markers.forEach(marker -> response.markers.add(result(marker, p -> code)));
        return response;
    }
}
