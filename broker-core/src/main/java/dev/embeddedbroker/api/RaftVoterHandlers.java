package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.AddRaftVoterRequest;
import dev.embeddedbroker.protocol.request.RemoveRaftVoterRequest;
import dev.embeddedbroker.protocol.request.UnregisterControllerRequest;
import dev.embeddedbroker.protocol.response.AddRaftVoterResponse;
import dev.embeddedbroker.protocol.response.RemoveRaftVoterResponse;
import dev.embeddedbroker.protocol.response.UnregisterControllerResponse;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * AddRaftVoter, RemoveRaftVoter, UnregisterController (keys 80, 81, 94), versions 0–1, 0, 0, of a quorum that is static, which
 * is {@code kraft.version} 0: whatever is right about a request, its voters don't change, and it is UNSUPPORTED_VERSION
 * (KIP-853).
 */
public final class RaftVoterHandlers {
    private static final String LISTENER = "CONTROLLER";

    private RaftVoterHandlers() {}

    private static @Nullable String otherCluster(@Nullable String asked, String clusterId) {
        return asked == null || asked.equals(clusterId)
                ? null
                : "The given id \"" + asked + "\" doesn't match the cluster id \"" + clusterId + "\"";
    }

    private static boolean isVoter(int id, Uuid directory) {
        return id >= 0 && !directory.equals(Uuid.ZERO);
    }

    private static String unsupported(String what) {
        return "Cluster doesn't support " + what + " voter because the kraft.version feature is 0";
    }

    /** AddRaftVoter. */
    public static final class Add implements ApiHandler<AddRaftVoterRequest> {
        private final String clusterId;

        public Add(String clusterId) {
            this.clusterId = clusterId;
        }

        @Override
        public void handle(RequestContext context, AddRaftVoterRequest request) {
            context.reply(answer(request, context.version()));
        }

        private AddRaftVoterResponse answer(AddRaftVoterRequest request, short version) {
            var other = otherCluster(request.clusterId, clusterId);
            if (other != null) {
                return refuse(request, version, ErrorCode.INCONSISTENT_CLUSTER_ID, other);
            }
            if (!isVoter(request.voterId, request.voterDirectoryId)) {
                return refuse(
                        request, version, ErrorCode.INVALID_REQUEST, "Add voter request didn't include a valid voter");
            }
            if (request.listeners.stream().noneMatch(listener -> listener.name.equals(LISTENER))) {
                var listeners = request.listeners.stream()
                        .map(at -> "ListenerName(" + at.name + ")=" + at.host + "/<unresolved>:" + at.port)
                        .collect(Collectors.joining(", "));
                return refuse(
                        request,
                        version,
                        ErrorCode.INVALID_REQUEST,
                        "Add voter request didn't include the endpoint (Endpoints(endpoints={" + listeners
                                + "})) for the default listener ListenerName(" + LISTENER + ")");
            }
            return refuse(request, version, ErrorCode.UNSUPPORTED_VERSION, unsupported("adding"));
        }

        @Override
        public AddRaftVoterResponse refuse(
                AddRaftVoterRequest request, short version, ErrorCode error, @Nullable String message) {
            return new AddRaftVoterResponse().setErrorCode(error.id()).setErrorMessage(message);
        }
    }

    /** RemoveRaftVoter. */
    public static final class Remove implements ApiHandler<RemoveRaftVoterRequest> {
        private final String clusterId;

        public Remove(String clusterId) {
            this.clusterId = clusterId;
        }

        @Override
        public void handle(RequestContext context, RemoveRaftVoterRequest request) {
            context.reply(answer(request, context.version()));
        }

        private RemoveRaftVoterResponse answer(RemoveRaftVoterRequest request, short version) {
            var other = otherCluster(request.clusterId, clusterId);
            if (other != null) {
                return refuse(request, version, ErrorCode.INCONSISTENT_CLUSTER_ID, other);
            }
            if (!isVoter(request.voterId, request.voterDirectoryId)) {
                return refuse(
                        request,
                        version,
                        ErrorCode.INVALID_REQUEST,
                        "Remove voter request didn't include a valid voter");
            }
            return refuse(request, version, ErrorCode.UNSUPPORTED_VERSION, unsupported("removing"));
        }

        @Override
        public RemoveRaftVoterResponse refuse(
                RemoveRaftVoterRequest request, short version, ErrorCode error, @Nullable String message) {
            return new RemoveRaftVoterResponse().setErrorCode(error.id()).setErrorMessage(message);
        }
    }

    /** UnregisterController. */
    public static final class Unregister implements ApiHandler<UnregisterControllerRequest> {
        private final int nodeId;

        public Unregister(int nodeId) {
            this.nodeId = nodeId;
        }

        @Override
        public void handle(RequestContext context, UnregisterControllerRequest request) {
            context.reply(
                    request.controllerId == nodeId
                            ? refuse(
                                    request,
                                    context.version(),
                                    ErrorCode.INVALID_REQUEST,
                                    "Controller cannot unregister itself while it is active.")
                            : refuse(
                                    request,
                                    context.version(),
                                    ErrorCode.CONTROLLER_ID_NOT_REGISTERED,
                                    "Controller ID " + request.controllerId + " is not currently registered."));
        }

        @Override
        public UnregisterControllerResponse refuse(
                UnregisterControllerRequest request, short version, ErrorCode error, @Nullable String message) {
            return new UnregisterControllerResponse().setErrorCode(error.id()).setErrorMessage(message);
        }
    }
}
