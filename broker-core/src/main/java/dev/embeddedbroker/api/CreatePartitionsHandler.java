package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.NewPartitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.CreatePartitionsRequest;
import dev.embeddedbroker.protocol.response.CreatePartitionsResponse;
import dev.embeddedbroker.protocol.response.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CreatePartitions (key 37), versions 0–3: more partitions for existing topics, each topic accepted or refused on its own.
 *
 * <p>The answer waits until the partitions can be used; the timeout is not used.
 *
 * <p>Constructor: the controller.
 */
public final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequest> {

    private static final int FIRST_VERSION_THAT_KNOWS_THROTTLING = 3; // KIP-599

    private final ControllerClient controller;

    public CreatePartitionsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, CreatePartitionsRequest request) {
        var wanted =
                request.topics.stream().map(CreatePartitionsHandler::wanted).toList();
        ControllerAnswers.await(
                controller.createPartitions(
                        wanted, request.validateOnly, context.charge().mutations(FIRST_VERSION_THAT_KNOWS_THROTTLING)),
                this,
                context,
                request,
                results -> {
                    var response = new CreatePartitionsResponse();
                    results.forEach((topic, result) -> response.results.add(new CreatePartitionsTopicResult()
                            .setName(topic)
                            .setErrorCode(result.error().id())
                            .setErrorMessage(result.message())));
                    context.reply(response);
                });
    }

    @Override
    public CreatePartitionsResponse refuse(
            CreatePartitionsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new CreatePartitionsResponse();
        for (var topic : request.topics) {
            response.results.add(new CreatePartitionsTopicResult()
                    .setName(topic.name)
                    .setErrorCode(error.id())
                    .setErrorMessage(message));
        }
        return response;
    }

    private static NewPartitions wanted(CreatePartitionsRequest.CreatePartitionsTopic topic) {
        List<List<Integer>> assignments = topic.assignments == null
                ? null
                : topic.assignments.stream()
                        .map(assignment -> assignment.brokerIds)
                        .toList();
        return new NewPartitions(topic.name, topic.count, assignments);
    }
}
