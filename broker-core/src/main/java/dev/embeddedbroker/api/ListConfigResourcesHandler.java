package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.BrokerImage;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ListConfigResourcesRequest;
import dev.embeddedbroker.protocol.response.ListConfigResourcesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ListConfigResources (key 74), versions 0–1: what there is to describe (KIP-714, KIP-1142).
 *
 * <p>v0 lists client metrics subscriptions only. v1 lists the wanted types, all when none is named; a type that is not
 * known is UNSUPPORTED_VERSION. Groups and subscriptions are those with overrides.
 */
public final class ListConfigResourcesHandler implements ApiHandler<ListConfigResourcesRequest> {
    private static final List<ConfigResource.Type> IN_ORDER = List.of(
            ConfigResource.Type.GROUP,
            ConfigResource.Type.CLIENT_METRICS,
            ConfigResource.Type.BROKER_LOGGER,
            ConfigResource.Type.BROKER,
            ConfigResource.Type.TOPIC);

    private final MetadataView metadata;

    public ListConfigResourcesHandler(MetadataView metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, ListConfigResourcesRequest request) {
        var types = wantedTypes(request, context.version());
        if (types == null) {
            context.reply(refuse(request, context.version(), ErrorCode.UNSUPPORTED_VERSION, null));
            return;
        }
        var response = new ListConfigResourcesResponse();
        for (ConfigResource.Type type : IN_ORDER) {
            if (types.contains(type)) {
                for (String name : names(type, metadata.image())) {
                    response.configResources.add(new ListConfigResourcesResponse.ConfigResource()
                            .setResourceType(type.id())
                            .setResourceName(name));
                }
            }
        }
        context.reply(response);
    }

    /** Null when one of them is not known. */
    private static @Nullable Set<ConfigResource.Type> wantedTypes(ListConfigResourcesRequest request, short version) {
        if (version == 0) {
            return Set.of(ConfigResource.Type.CLIENT_METRICS);
        }
        if (request.resourceTypes.isEmpty()) {
            return Set.copyOf(IN_ORDER);
        }
        var types = new ArrayList<ConfigResource.Type>();
        for (byte id : request.resourceTypes) {
            var type = ConfigResource.Type.forId(id);
            if (type == null) {
                return null;
            }
            types.add(type);
        }
        return Set.copyOf(types);
    }

    private static List<String> names(ConfigResource.Type type, ClusterImage image) {
        return switch (type) {
            case TOPIC -> image.topics().stream().map(TopicImage::name).toList();
            case BROKER, BROKER_LOGGER ->
                image.brokers().stream()
                        .map(BrokerImage::id)
                        .map(String::valueOf)
                        .toList();
            case GROUP, CLIENT_METRICS ->
                image.configuredResources().stream()
                        .filter(resource -> resource.type() == type)
                        .map(ConfigResource::name)
                        .toList();
        };
    }

    @Override
    public ListConfigResourcesResponse refuse(
            ListConfigResourcesRequest request, short version, ErrorCode error, @Nullable String message) {
        return new ListConfigResourcesResponse().setErrorCode(error.id());
    }
}
