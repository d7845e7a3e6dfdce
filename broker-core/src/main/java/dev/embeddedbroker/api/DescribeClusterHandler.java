package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.DescribeClusterRequest;
import dev.embeddedbroker.protocol.response.DescribeClusterResponse;
import dev.embeddedbroker.protocol.response.DescribeClusterResponse.DescribeClusterBroker;
import org.jspecify.annotations.Nullable;

/**
 * DescribeCluster (key 60), versions 0–2: the brokers as the clients of this listener reach them.
 *
 * <p>Version 1 may ask for controllers instead of brokers (KIP-919); a broker refuses that. Version 2 may ask for fenced
 * brokers too (KIP-1073).
 *
 * <p>Constructor: the images.
 */
public final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequest> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final MetadataView metadata;

    public DescribeClusterHandler(MetadataView metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, DescribeClusterRequest request) {
        short version = context.version();
        if (request.endpointType == CONTROLLERS) {
            context.reply(
                    refuse(
                            request,
                            version,
                            version == 0 ? ErrorCode.INVALID_REQUEST : ErrorCode.MISMATCHED_ENDPOINT_TYPE,
                            "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"));
            return;
        }
        if (request.endpointType != BROKERS) {
            context.reply(refuse(
                    request,
                    version,
                    version == 0 ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
                    "Unsupported endpoint type " + request.endpointType));
            return;
        }
        context.reply(answer(context, request));
    }

    @Override
    public DescribeClusterResponse refuse(
            DescribeClusterRequest request, short version, ErrorCode error, @Nullable String message) {
        return new DescribeClusterResponse().setErrorCode(error.id()).setErrorMessage(message);
    }

    private DescribeClusterResponse answer(RequestContext context, DescribeClusterRequest request) {
        var cluster =
                new ReachableCluster(metadata.image(), context.connection().listenerName());
        var response = new DescribeClusterResponse()
                .setClusterId(cluster.image().clusterId())
                .setControllerId(cluster.controllerId())
                .setEndpointType(BROKERS);
        if (request.includeClusterAuthorizedOperations) {
            response.clusterAuthorizedOperations = AuthorizedOperations.ALL_OF_CLUSTER;
        }
        for (var broker : request.includeFencedBrokers ? cluster.allBrokers() : cluster.brokers()) {
            var endpoint = broker.endpoint(cluster.listener());
            if (endpoint == null) continue;
            response.brokers.add(new DescribeClusterBroker()
                    .setBrokerId(broker.id())
                    .setHost(endpoint.host())
                    .setPort(endpoint.port())
                    .setRack(broker.rack())
                    .setIsFenced(context.version() >= 2 && broker.fenced()));
        }
        return response;
    }
}
