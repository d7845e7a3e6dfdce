package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.PartitionChoice;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ElectLeadersRequest;
import dev.embeddedbroker.protocol.response.ElectLeadersResponse;
import dev.embeddedbroker.protocol.response.ElectLeadersResponse.PartitionResult;
import dev.embeddedbroker.protocol.response.ElectLeadersResponse.ReplicaElectionResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ElectLeaders (key 43), versions 0–2: leadership back to the preferred replica or, from version 1, to any replica at the
 * price of records (KIP-183, KIP-460).
 *
 * <p>ELECTION_NOT_NEEDED where that leader leads (left out of the answer when all partitions were asked for), and
 * PREFERRED_LEADER_NOT_AVAILABLE or ELIGIBLE_LEADERS_NOT_AVAILABLE where nobody fit is there. The timeout is not used.
 */
public final class ElectLeadersHandler implements ApiHandler<ElectLeadersRequest> {
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final ControllerClient controller;

    public ElectLeadersHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, ElectLeadersRequest request) {
        if (request.electionType != PREFERRED && request.electionType != UNCLEAN) {
            var message = "Unknown election type " + request.electionType;
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_REQUEST, message));
            return;
        }
        ControllerAnswers.await(
                controller.electLeaders(request.electionType == UNCLEAN, wanted(request)),
                this,
                context,
                request,
                outcomes -> context.reply(response(outcomes)));
    }

    private static @Nullable List<PartitionChoice> wanted(ElectLeadersRequest request) {
        if (request.topicPartitions == null) {
            return null;
        }
        var wanted = new ArrayList<PartitionChoice>();
        for (var topic : request.topicPartitions) {
            for (int partition : topic.partitions) {
                wanted.add(new PartitionChoice(topic.topic, partition, null));
            }
        }
        return wanted;
    }

    private static ElectLeadersResponse response(List<PartitionChoice.Outcome> outcomes) {
        var topics = new LinkedHashMap<String, ReplicaElectionResult>();
        for (var outcome : outcomes) {
            topics.computeIfAbsent(outcome.topic(), name -> new ReplicaElectionResult().setTopic(name))
                    .partitionResult
                    .add(new PartitionResult()
                            .setPartitionId(outcome.partition())
                            .setErrorCode(outcome.result().error().id())
                            .setErrorMessage(outcome.result().message()));
        }
        return new ElectLeadersResponse().setReplicaElectionResults(new ArrayList<>(topics.values()));
    }

    @Override
    public ElectLeadersResponse refuse(
            ElectLeadersRequest request, short version, ErrorCode error, @Nullable String message) {
        var outcomes = new ArrayList<PartitionChoice.Outcome>();
        var wanted = wanted(request);
        if (wanted != null) {
            var result = Result.refused(error, message);
            wanted.forEach(one -> outcomes.add(new PartitionChoice.Outcome(one.topic(), one.partition(), result)));
        }
        var response = response(outcomes);
        // version 0 has no error of the whole
        return version == 0 ? response : response.setErrorCode(error.id());
    }
}
