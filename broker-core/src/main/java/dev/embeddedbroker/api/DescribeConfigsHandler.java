package dev.embeddedbroker.api;

import dev.embeddedbroker.config.ConfigDescriber;
import dev.embeddedbroker.config.ConfigSource;
import dev.embeddedbroker.config.Described;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.config.MalformedChange;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.DescribeConfigsRequest;
import dev.embeddedbroker.protocol.request.DescribeConfigsRequest.DescribeConfigsResource;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse.DescribeConfigsResult;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse.DescribeConfigsSynonym;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DescribeConfigs (key 32), versions 1–4: the settings of topics, brokers, groups, client metrics subscriptions and the
 * broker's loggers, each with value, source, synonyms, type and doc (KIP-133, KIP-226, KIP-569).
 *
 * <ul>
 *   <li>No keys named, or an empty list, is all keys; a key that is not known is left out.
 *   <li>A broker answers for itself (its id) and for what was set at run time for all brokers (empty name).
 *   <li>A secret's value is null. So is that of a name no setting has, for it may be a secret of a plug-in.
 *   <li>v3+ tells types, and docs on request.
 * </ul>
 */
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest> {
    private final MetadataView metadata;
    private final LiveConfig config;
    private final int nodeId;

    public DescribeConfigsHandler(MetadataView metadata, LiveConfig config, int nodeId) {
        this.metadata = metadata;
        this.config = config;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, DescribeConfigsRequest request) {
        var response = new DescribeConfigsResponse();
        for (DescribeConfigsResource resource : request.resources) {
            response.results.add(describe(resource, request));
        }
        context.reply(response);
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, DescribeConfigsRequest request) {
        var type = ConfigResource.Type.forId(resource.resourceType);
        if (type == ConfigResource.Type.TOPIC) {
            String refusal = TopicRules.refusalOf(resource.resourceName);
            if (refusal != null) {
                return refused(resource, ErrorCode.INVALID_TOPIC_EXCEPTION, refusal);
            }
            if (metadata.image().topic(resource.resourceName) == null) {
                return refused(resource, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "");
            }
        }
        List<Described> settings;
        try {
            settings = settings(type, resource);
        } catch (MalformedChange e) {
            return refused(resource, ErrorCode.INVALID_REQUEST, e.getMessage());
        }
        var result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType)
                .setResourceName(resource.resourceName);
        for (Described setting : settings) {
            if (isWanted(resource, setting.name())) {
                result.configs.add(wire(setting, request));
            }
        }
        return result;
    }

    private List<Described> settings(ConfigResource.@Nullable Type type, DescribeConfigsResource resource) {
        String name = resource.resourceName;
        if (type == null) {
            throw new MalformedChange("Unexpected resource type UNKNOWN for resource " + name);
        }
        var overrides = metadata.image().configs(new ConfigResource(type, name));
        var describer = new ConfigDescriber(config.now());
        return switch (type) {
            case TOPIC -> describer.topic(overrides);
            case BROKER -> {
                if (name.isEmpty()) {
                    yield describer.allBrokers();
                }
                requireThisBroker(name, "Unexpected broker id, expected " + nodeId + " or empty string, but received ");
                yield describer.broker();
            }
            case BROKER_LOGGER -> {
                requireNotEmpty(name, "Broker id must not be empty");
                requireThisBroker(name, "Unexpected broker id, expected " + nodeId + " but received ");
                yield List.of(BrokerLoggers.describe());
            }
            case CLIENT_METRICS -> {
                requireNotEmpty(name, "Client metrics subscription name must not be empty");
                yield describer.clientMetrics(overrides);
            }
            case GROUP -> {
                requireNotEmpty(name, "Group name must not be empty");
                yield describer.group(overrides);
            }
        };
    }

    private static void requireNotEmpty(String name, String message) {
        if (name.isEmpty()) {
            throw new MalformedChange(message);
        }
    }

    private void requireThisBroker(String name, String message) {
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new MalformedChange("Broker id must be an integer, but it is: " + name);
        }
        if (id != nodeId) {
            throw new MalformedChange(message + name);
        }
    }

    private static boolean isWanted(DescribeConfigsResource resource, String name) {
        var keys = resource.configurationKeys;
        return keys == null || keys.isEmpty() || keys.contains(name);
    }

    private static DescribeConfigsResourceResult wire(Described setting, DescribeConfigsRequest request) {
        var wire = new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setValue(setting.value())
                .setReadOnly(setting.isReadOnly())
                .setConfigSource(setting.source().wireId())
                .setIsSensitive(setting.isSensitive())
                .setConfigType(setting.wireType());
        boolean logger = setting.source() == ConfigSource.DYNAMIC_BROKER_LOGGER;
        if (!logger) {
            wire.setDocumentation(request.includeDocumentation ? setting.doc() : null);
        }
        if (request.includeSynonyms) {
            for (Described.Synonym synonym : setting.synonyms()) {
                wire.synonyms.add(new DescribeConfigsSynonym()
                        .setName(synonym.name())
                        .setValue(synonym.value())
                        .setSource(synonym.source().wireId()));
            }
        }
        return wire;
    }

    private static DescribeConfigsResult refused(
            DescribeConfigsResource resource, ErrorCode error, @Nullable String message) {
        return new DescribeConfigsResult()
                .setResourceType(resource.resourceType)
                .setResourceName(resource.resourceName)
                .setErrorCode(error.id())
                .setErrorMessage(message);
    }

    @Override
    public DescribeConfigsResponse refuse(
            DescribeConfigsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new DescribeConfigsResponse();
        for (DescribeConfigsResource resource : request.resources) {
            response.results.add(refused(resource, error, message));
        }
        return response;
    }
}
