package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.DeleteTopicsRequest;
import dev.embeddedbroker.protocol.response.DeleteTopicsResponse;
import dev.embeddedbroker.protocol.response.DeleteTopicsResponse.DeletableTopicResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * DeleteTopics (key 20), versions 1–6: by name, from version 6 also by id (KIP-516).
 *
 * <p>A name or id that comes twice, directly or through one another, is refused and deletes nothing. Internal topics can
 * be deleted, as in Kafka. {@code delete.topic.enable=false} refuses everything.
 *
 * <p>Constructor: the images, the controller, and {@code delete.topic.enable}.
 */
public final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequest> {

    private final MetadataView metadata;
    private static final int FIRST_VERSION_THAT_KNOWS_THROTTLING = 5; // KIP-599

    private final ControllerClient controller;
    private final boolean enabled;

    public DeleteTopicsHandler(MetadataView metadata, ControllerClient controller, boolean enabled) {
        this.metadata = metadata;
        this.controller = controller;
        this.enabled = enabled;
    }

    @Override
    public void handle(RequestContext context, DeleteTopicsRequest request) {
        if (!enabled) {
            var error = context.version() < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED;
            context.reply(refuse(request, context.version(), error, null));
            return;
        }
        var plan = new Plan();
        plan.read(request);
        plan.resolve(metadata);
        if (plan.doomed.isEmpty()) {
            context.reply(plan.response());
            return;
        }
        var permits = context.charge().mutations(FIRST_VERSION_THAT_KNOWS_THROTTLING);
        ControllerAnswers.await(
                controller.deleteTopics(plan.doomed.keySet(), permits), this, context, request, results -> {
                    results.forEach((id, result) -> plan.answer(plan.doomed.get(id), id, result));
                    context.reply(plan.response());
                });
    }

    @Override
    public DeleteTopicsResponse refuse(
            DeleteTopicsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new DeleteTopicsResponse();
        for (var topic : request.topics) {
            response.responses.add(new DeletableTopicResult()
                    .setName(topic.name)
                    .setTopicId(topic.topicId)
                    .setErrorCode(error.id()));
        }
        for (var name : request.topicNames) {
            response.responses.add(new DeletableTopicResult().setName(name).setErrorCode(error.id()));
        }
        return response;
    }

    /** What a request comes to: the topics to delete, and the answers that are known before. */
    private static final class Plan {
        final List<DeletableTopicResult> answers = new ArrayList<>();
        /** The names of the topics to delete, by their ids. */
        final Map<Uuid, String> doomed = new LinkedHashMap<>();

        final Once<String> names = new Once<>();
        final Once<Uuid> ids = new Once<>();

        void read(DeleteTopicsRequest request) {
            request.topicNames.forEach(names::add);
            for (var topic : request.topics) {
                boolean hasId = !topic.topicId.equals(Uuid.ZERO);
                if (topic.name != null && hasId) {
                    refuse(topic.name, topic.topicId, "You may not specify both topic name and topic id.");
                } else if (topic.name != null) {
                    names.add(topic.name);
                } else if (hasId) {
                    ids.add(topic.topicId);
                } else {
                    refuse(null, Uuid.ZERO, "Neither topic name nor id were specified.");
                }
            }
            for (var name : names.repeated) refuse(name, Uuid.ZERO, "Duplicate topic name.");
            for (var id : ids.repeated) refuse(null, id, "Duplicate topic id.");
        }

        void resolve(MetadataView metadata) {
            var image = metadata.image();
            for (var id : ids.single) {
                var topic = image.topic(id);
                if (topic == null) {
                    answer(null, id, Result.refused(ErrorCode.UNKNOWN_TOPIC_ID));
                } else {
                    doomed.put(id, topic.name());
                }
            }
            for (var name : names.single) {
                var topic = image.topic(name);
                if (topic == null) {
                    answer(name, Uuid.ZERO, Result.refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                } else if (ids.repeated.contains(topic.id()) || doomed.put(topic.id(), name) != null) {
                    doomed.remove(topic.id());
                    refuse(name, topic.id(), "The provided topic name maps to an ID that was already supplied.");
                }
            }
        }

        private void refuse(@Nullable String name, Uuid id, String message) {
            answer(name, id, Result.refused(ErrorCode.INVALID_REQUEST, message));
        }

        void answer(@Nullable String name, Uuid id, Result result) {
            answers.add(new DeletableTopicResult()
                    .setName(name)
                    .setTopicId(id)
                    .setErrorCode(result.error().id())
                    .setErrorMessage(result.message()));
        }

        DeleteTopicsResponse response() {
            return new DeleteTopicsResponse().setResponses(answers);
        }
    }

    /** Values that came once, apart from those that came more often. */
    private static final class Once<T> {
        final Set<T> single = new LinkedHashSet<>();
        final Set<T> repeated = new LinkedHashSet<>();

        void add(T value) {
            if (repeated.contains(value)) return;
            if (!single.add(value)) {
                single.remove(value);
                repeated.add(value);
            }
        }
    }
}
