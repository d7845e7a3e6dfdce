package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.FindCoordinatorRequest;
import dev.embeddedbroker.protocol.response.FindCoordinatorResponse;
import dev.embeddedbroker.protocol.response.FindCoordinatorResponse.Coordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * FindCoordinator (10): which broker looks after a group, a transactional id or a share partition.
 *
 * <ul>
 *   <li>The first question about a group makes {@code __consumer_offsets} and waits for its coordinators, the first about
 *       a transactional id {@code __transaction_state}, so that nobody is sent away to try again.
 *   <li>v1+: kinds of keys; v4+: several keys (KIP-699); v6+: share partitions, as {@code group:topicId:partition}
 *       (KIP-932). An unknown kind, or a key that is not of its kind's form, is INVALID_REQUEST.
 *   <li>Not done: share state has no coordinators yet; this broker is named for it.
 * </ul>
 */
public final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest> {
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;
    private static final int BATCHES_SINCE = 4;
    private static final int SHARE_SINCE = 6;

    private final GroupCoordinators coordinators;
    private final TransactionCoordinators transactions;
    private final MetadataView metadata;
    private final int nodeId;

    public FindCoordinatorHandler(
            GroupCoordinators coordinators, TransactionCoordinators transactions, MetadataView metadata, int nodeId) {
        this.coordinators = coordinators;
        this.transactions = transactions;
        this.metadata = metadata;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, FindCoordinatorRequest request) {
        short version = context.version();
        List<String> keys = version >= BATCHES_SINCE ? request.coordinatorKeys : List.of(request.key);
        var gather = new Gather<>(
                keys.size(),
                new Coordinator(),
                found -> context.reply(version >= BATCHES_SINCE ? several(found) : one(found.get(0))));
        String listener = context.connection().listenerName();
        for (int i = 0; i < keys.size(); i++) {
            int index = i;
            if (request.keyType == GROUP) {
                noteSeeker(context, keys.get(i));
            }
            find(keys.get(i), request.keyType, version, listener, coordinator -> gather.put(index, coordinator));
        }
    }

    private void noteSeeker(RequestContext context, String groupId) {
        String client = Arrivals.client(context.connection().clientHost(), context.clientId());
        coordinators.arrivals().seeks(groupId, client, context.clock().pacing().nanos());
    }

    private void find(String key, byte keyType, short version, String listener, Consumer<Coordinator> then) {
        switch (keyType) {
            case GROUP ->
                coordinators.whenTopicExists(error -> then.accept(
                        error == ErrorCode.NONE
                                ? named(
                                        key,
                                        leaderOf(
                                                TopicRules.CONSUMER_OFFSETS,
                                                coordinators.partitionOf(key),
                                                coordinators::serves),
                                        listener)
                                : none(key, error)));
            case TRANSACTION ->
                transactions.whenTopicExists(error -> then.accept(
                        error == ErrorCode.NONE
                                ? named(
                                        key,
                                        leaderOf(
                                                TopicRules.TRANSACTION_STATE,
                                                transactions.partitionOf(key),
                                                transactions::serves),
                                        listener)
                                : none(key, error)));
            case SHARE ->
                then.accept(
                        version >= SHARE_SINCE && isSharePartition(key)
                                ? named(key, nodeId, listener)
                                : none(key, ErrorCode.INVALID_REQUEST));
            default -> then.accept(none(key, ErrorCode.INVALID_REQUEST));
        }
    }

    /** Nobody when it is this broker, but the partition's disk has failed, so that it serves nobody. */
    private int leaderOf(String internalTopic, int index, IntPredicate isServed) {
        var topic = metadata.image().topic(internalTopic);
        var partition = topic == null ? null : topic.partition(index);
        if (partition == null || (partition.leader() == nodeId && !isServed.test(index))) {
            return -1;
        }
        return partition.leader();
    }

    private Coordinator named(String key, int broker, String listener) {
        var image = metadata.image().broker(broker);
        var endpoint = image == null ? null : image.endpoint(listener);
        return endpoint == null
                ? none(key, ErrorCode.COORDINATOR_NOT_AVAILABLE)
                : new Coordinator()
                        .setKey(key)
                        .setNodeId(broker)
                        .setHost(endpoint.host())
                        .setPort(endpoint.port());
    }

    private static Coordinator none(String key, ErrorCode error) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.id())
                .setErrorMessage(error.text());
    }

    private static boolean isSharePartition(String key) {
        String[] parts = key.split(":", -1);
        if (parts.length != 3 || parts[0].isBlank()) {
            return false;
        }
        try {
            Uuid.fromString(parts[1]);
            return Integer.parseInt(parts[2]) >= 0;
        } catch (IllegalArgumentException notOfThatForm) {
            return false;
        }
    }

    private static FindCoordinatorResponse several(List<Coordinator> found) {
        return new FindCoordinatorResponse().setCoordinators(new ArrayList<>(found));
    }

    private static FindCoordinatorResponse one(Coordinator found) {
        var error = ErrorCode.forId(found.errorCode);
        return new FindCoordinatorResponse()
                .setErrorCode(found.errorCode)
                .setErrorMessage(error == ErrorCode.NONE ? "NONE" : error.text())
                .setNodeId(found.nodeId)
                .setHost(found.host)
                .setPort(found.port);
    }

    @Override
    public Response refuse(FindCoordinatorRequest request, short version, ErrorCode code, @Nullable String message) {
        if (version < BATCHES_SINCE) {
            return one(none(request.key, code));
        }
        return several(
                request.coordinatorKeys.stream().map(key -> none(key, code)).toList());
    }
}
