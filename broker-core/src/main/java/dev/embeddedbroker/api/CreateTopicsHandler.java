package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.CreatedTopic;
import dev.embeddedbroker.metadata.EffectiveConfig;
import dev.embeddedbroker.metadata.NewTopic;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.CreateTopicsRequest;
import dev.embeddedbroker.protocol.response.CreateTopicsResponse;
import dev.embeddedbroker.protocol.response.CreateTopicsResponse.CreatableTopicConfigs;
import dev.embeddedbroker.protocol.response.CreateTopicsResponse.CreatableTopicResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * CreateTopics (key 19), versions 2–7: new topics, each accepted or refused on its own, all accepted ones at once.
 *
 * <p>The answer waits until the topics can be used. From version 5 it tells what each topic became (KIP-525), from
 * version 7 its id. The timeout is not used: nothing here waits for other machines.
 *
 * <p>Constructor: the controller, and who knows the settings of topics.
 */
public final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequest> {

    private static final int FIRST_VERSION_THAT_KNOWS_THROTTLING = 6; // KIP-599

    private final ControllerClient controller;
    private final EffectiveConfig.OfTopic configs;

    public CreateTopicsHandler(ControllerClient controller, EffectiveConfig.OfTopic configs) {
        this.controller = controller;
        this.configs = configs;
    }

    @Override
    public void handle(RequestContext context, CreateTopicsRequest request) {
        var wanted = request.topics.stream().map(CreateTopicsHandler::wanted).toList();
        ControllerAnswers.await(
                controller.createTopics(
                        wanted, request.validateOnly, context.charge().mutations(FIRST_VERSION_THAT_KNOWS_THROTTLING)),
                this,
                context,
                request,
                created -> context.reply(response(context.version(), wanted, created)));
    }

    @Override
    public CreateTopicsResponse refuse(
            CreateTopicsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new CreateTopicsResponse();
        for (var topic : request.topics) {
            response.topics.add(new CreatableTopicResult()
                    .setName(topic.name)
                    .setErrorCode(error.id())
                    .setErrorMessage(message));
        }
        return response;
    }

    private static NewTopic wanted(CreateTopicsRequest.CreatableTopic topic) {
        var assignments = topic.assignments.stream()
                .map(assignment -> new NewTopic.Assignment(assignment.partitionIndex, assignment.brokerIds))
                .toList();
        var configs = new LinkedHashMap<String, @Nullable String>();
        for (var config : topic.configs) configs.put(config.name, config.value);
        return new NewTopic(topic.name, topic.numPartitions, topic.replicationFactor, assignments, configs);
    }

    private CreateTopicsResponse response(short version, List<NewTopic> wanted, List<CreatedTopic> created) {
        var overrides = new HashMap<String, Map<String, @Nullable String>>();
        for (var topic : wanted) overrides.put(topic.name(), topic.configs());
        var response = new CreateTopicsResponse();
        var lists = new HashMap<Map<String, String>, List<CreatableTopicConfigs>>(); // most topics share one
        for (var topic : created) {
            var result = new CreatableTopicResult()
                    .setName(topic.name())
                    .setTopicId(topic.id())
                    .setErrorCode(topic.result().error().id())
                    .setErrorMessage(topic.result().message())
                    .setNumPartitions(topic.partitionCount())
                    .setReplicationFactor(topic.replicationFactor());
            if (version >= 5 && topic.result().isOk()) {
                var own = settings(overrides.getOrDefault(topic.name(), Map.of()));
                result.configs = lists.computeIfAbsent(own, this::listed);
            }
            response.topics.add(result);
        }
        return response;
    }

    private List<CreatableTopicConfigs> listed(Map<String, String> own) {
        var listed = new ArrayList<CreatableTopicConfigs>();
        for (var config : configs.list(own)) {
            listed.add(new CreatableTopicConfigs()
                    .setName(config.name())
                    .setValue(config.value())
                    .setReadOnly(config.readOnly())
                    .setConfigSource(config.source())
                    .setIsSensitive(config.sensitive()));
        }
        return listed;
    }

    private static Map<String, String> settings(Map<String, @Nullable String> overrides) {
        var settings = new TreeMap<String, String>();
        overrides.forEach((name, value) -> {
            if (value != null) settings.put(name, value);
        });
        return settings;
    }
}
