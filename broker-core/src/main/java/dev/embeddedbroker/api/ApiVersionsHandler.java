package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ApiVersionsRequest;
import dev.embeddedbroker.protocol.response.ApiVersionsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * ApiVersions (18): what this broker serves, computed from the table.
 *
 * <ul>
 *   <li>A version we do not know is answered in the form of version 0, with our range of this one key (KIP-511); the
 *       connection sees to the version, {@link #refuse} to the range.
 *   <li>v3+: the client's software name and version must be of KIP-511's form, or INVALID_REQUEST; good ones are
 *       remembered on the connection. Features are told (KIP-584).
 *   <li>Below v4, supported features whose lowest level is 0 are left out: old clients cannot read them.
 *   <li>v5: a client may say which cluster and node it means to talk to, both or neither; when it is another one, the
 *       answer is REBOOTSTRAP_REQUIRED (KIP-1242).
 *   <li>Produce is told from v0 though v0 to v2 are refused: librdkafka takes a higher minimum for a broker without
 *       compression codecs it knows, as Kafka 4 found.
 * </ul>
 */
public final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequest> {

    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
    private static final int NO_NODE = -1;

    private final ApiTable table;
    private final Supplier<Features> features;
    private final String clusterId;
    private final int nodeId;
    private final Consumer<RequestContext> onIntroduction;

    public ApiVersionsHandler(ApiTable table, Supplier<Features> features, String clusterId, int nodeId) {
        this(table, features, clusterId, nodeId, context -> {});
    }

    /** @param onIntroduction is run when a client has introduced itself */
    public ApiVersionsHandler(
            ApiTable table,
            Supplier<Features> features,
            String clusterId,
            int nodeId,
            Consumer<RequestContext> onIntroduction) {
        this.onIntroduction = onIntroduction;
        this.table = table;
        this.features = features;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, ApiVersionsRequest request) {
        short version = context.version();
        if (!isValid(request, version)) {
            context.reply(refuse(request, version, ErrorCode.INVALID_REQUEST, null));
            return;
        }
        if (version >= 3) {
            context.connection()
                    .introducedAs(new ClientSoftware(request.clientSoftwareName, request.clientSoftwareVersion));
            onIntroduction.accept(context);
        }
        if (meansAnother(request, version)) {
            context.reply(refuse(request, version, ErrorCode.REBOOTSTRAP_REQUIRED, null));
            return;
        }
        var response = new ApiVersionsResponse().setApiKeys(served());
        if (version >= 3) {
            addFeatures(response, features.get(), version);
        }
        context.reply(response);
    }

    private static boolean isValid(ApiVersionsRequest request, short version) {
        if (version >= 5 && (request.clusterId == null) != (request.nodeId == NO_NODE)) {
            return false;
        }
        return version < 3
                || (SOFTWARE.matcher(request.clientSoftwareName).matches()
                        && SOFTWARE.matcher(request.clientSoftwareVersion).matches());
    }

    private boolean meansAnother(ApiVersionsRequest request, short version) {
        return version >= 5
                && request.clusterId != null
                && (!request.clusterId.equals(clusterId) || request.nodeId != nodeId);
    }

    private List<ApiVersionsResponse.ApiVersion> served() {
        var served = new ArrayList<ApiVersionsResponse.ApiVersion>();
        for (var entry : table.entries()) {
            served.add(range(entry.key(), entry.key() == ApiKey.PRODUCE ? 0 : entry.minVersion(), entry.maxVersion()));
        }
        return served;
    }

    private static ApiVersionsResponse.ApiVersion range(ApiKey key, int min, int max) {
        return new ApiVersionsResponse.ApiVersion()
                .setApiKey(key.id())
                .setMinVersion((short) min)
                .setMaxVersion((short) max);
    }

    private static void addFeatures(ApiVersionsResponse response, Features now, short version) {
        now.supported().forEach((name, range) -> {
            if (version >= 4 || range.min() > 0) {
                response.supportedFeatures.add(new ApiVersionsResponse.SupportedFeatureKey()
                        .setName(name)
                        .setMinVersion(range.min())
                        .setMaxVersion(range.max()));
            }
        });
        now.finalized().forEach((name, level) -> {
            if (level > 0) {
                response.finalizedFeatures.add(new ApiVersionsResponse.FinalizedFeatureKey()
                        .setName(name)
                        .setMinVersionLevel(level)
                        .setMaxVersionLevel(level));
            }
        });
        response.finalizedFeaturesEpoch = now.epoch();
    }

    @Override
    public Response refuse(ApiVersionsRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new ApiVersionsResponse().setErrorCode(code.id());
        var own = table.find(ApiKey.API_VERSIONS.id());
        if (code == ErrorCode.UNSUPPORTED_VERSION && own != null) {
            response.apiKeys.add(range(own.key(), own.minVersion(), own.maxVersion()));
        }
        return response;
    }
}
