package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.AutoTopics;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse.MetadataResponseBroker;
import dev.embeddedbroker.protocol.response.MetadataResponse.MetadataResponsePartition;
import dev.embeddedbroker.protocol.response.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Metadata (key 3), versions 0–13: the brokers, and topics by name, by id (KIP-516, version 12) or all of them.
 *
 * <p>All topics are asked for with null, and in version 0 with an empty list. Topics that do not exist are created when
 * both the request and {@code auto.create.topics.enable} allow it; unlike Kafka, which answers
 * UNKNOWN_TOPIC_OR_PARTITION and creates behind the answer's back, the answer waits for them and names their leaders.
 *
 * <p>Constructor: the images, the controller that creates topics, how it is to create them, and who is to know which clients
 * have asked for topics.
 */
public final class MetadataHandler implements ApiHandler<MetadataRequest> {

    private final MetadataView metadata;
    private final ControllerClient controller;
    private final AutoTopics autoTopics;
    private final TopicLookups lookups;

    public MetadataHandler(
            MetadataView metadata, ControllerClient controller, AutoTopics autoTopics, TopicLookups lookups) {
        this.metadata = metadata;
        this.controller = controller;
        this.autoTopics = autoTopics;
        this.lookups = lookups;
    }

    @Override
    public void handle(RequestContext context, MetadataRequest request) {
        if (!isWellFormed(request, context.version())) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_REQUEST, null));
            return;
        }
        var missing = wantsAll(request, context.version()) ? Set.<String>of() : missing(request);
        if (missing.isEmpty() || !request.allowAutoTopicCreation || !autoTopics.enabled()) {
            reply(context, request);
            return;
        }
        var wanted = missing.stream().map(autoTopics::topic).toList();
        // whatever could not be created is unknown to the image then, and answered so
        ControllerAnswers.await(
                controller.createTopics(wanted, false, context.charge().mutations(0)),
                context,
                created -> reply(context, request),
                unavailable -> reply(context, request));
    }

    private void reply(RequestContext context, MetadataRequest request) {
        context.reply(answer(context, request));
        boolean isOfBrokersOnly = request.topics != null && request.topics.isEmpty() && context.version() > 0;
        if (isOfBrokersOnly) {
            lookups.asksForNone(context);
        } else {
            lookups.haveBeenAnswered(context);
        }
    }

    @Override
    public MetadataResponse refuse(MetadataRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new MetadataResponse().setErrorCode(error.id());
        if (request.topics == null) return response;
        for (var topic : request.topics) {
            response.topics.add(unknown(error, topic.name == null ? "" : topic.name, topic.topicId)
                    .setIsInternal(false));
        }
        return response;
    }

    private static boolean wantsAll(MetadataRequest request, short version) {
        return request.topics == null || (version == 0 && request.topics.isEmpty());
    }

    /** Versions 10 and 11 can carry ids and null names, and must not. */
    private static boolean isWellFormed(MetadataRequest request, short version) {
        if (version >= 12 || request.topics == null) return true;
        return request.topics.stream().allMatch(topic -> topic.name != null && topic.topicId.equals(Uuid.ZERO));
    }

    /** One id makes it a request by ids: names are passed over, as Kafka does. */
    private static boolean isById(MetadataRequest request) {
        return request.topics.stream().anyMatch(topic -> !topic.topicId.equals(Uuid.ZERO));
    }

    private static Set<String> names(MetadataRequest request) {
        var names = new LinkedHashSet<String>();
        for (var topic : request.topics) {
            if (topic.name != null) names.add(topic.name);
        }
        return names;
    }

    /** The names that could be topics and are not. */
    private Set<String> missing(MetadataRequest request) {
        if (isById(request)) return Set.of();
        var image = metadata.image();
        var missing = names(request);
        missing.removeIf(name -> image.topic(name) != null || !TopicRules.isValid(name));
        return missing;
    }

    private MetadataResponse answer(RequestContext context, MetadataRequest request) {
        short version = context.version();
        var cluster =
                new ReachableCluster(metadata.image(), context.connection().listenerName());
        var response = new MetadataResponse()
                .setClusterId(cluster.image().clusterId())
                .setControllerId(cluster.controllerId());
        for (var broker : cluster.brokers()) {
            var endpoint = broker.endpoint(cluster.listener());
            if (endpoint == null) continue;
            response.brokers.add(new MetadataResponseBroker()
                    .setNodeId(broker.id())
                    .setHost(endpoint.host())
                    .setPort(endpoint.port())
                    .setRack(broker.rack()));
        }
        response.topics = topics(cluster, request, version);
        if (version >= 8 && request.includeTopicAuthorizedOperations) {
            for (var topic : response.topics) {
                if (topic.name != null) topic.topicAuthorizedOperations = AuthorizedOperations.ALL_OF_TOPIC;
            }
        }
        if (version >= 8 && version <= 10 && request.includeClusterAuthorizedOperations) {
            response.clusterAuthorizedOperations = AuthorizedOperations.ALL_OF_CLUSTER;
        }
        return response;
    }

    private static List<MetadataResponseTopic> topics(
            ReachableCluster cluster, MetadataRequest request, short version) {
        var topics = new ArrayList<MetadataResponseTopic>();
        if (wantsAll(request, version)) {
            for (var topic : cluster.image().topics()) topics.add(known(cluster, topic, version));
        } else if (isById(request)) {
            var ids = new LinkedHashSet<Uuid>();
            for (var topic : request.topics) ids.add(topic.topicId);
            ids.remove(Uuid.ZERO);
            for (var id : ids) {
                var topic = cluster.image().topic(id);
                topics.add(
                        topic == null ? unknown(ErrorCode.UNKNOWN_TOPIC_ID, null, id) : known(cluster, topic, version));
            }
        } else {
            for (var name : names(request)) {
                var topic = cluster.image().topic(name);
                var error = TopicRules.isValid(name)
                        ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                        : ErrorCode.INVALID_TOPIC_EXCEPTION;
                topics.add(topic == null ? unknown(error, name, Uuid.ZERO) : known(cluster, topic, version));
            }
        }
        return topics;
    }

    private static MetadataResponseTopic unknown(ErrorCode error, @Nullable String name, Uuid id) {
        return new MetadataResponseTopic()
                .setErrorCode(error.id())
                .setName(name)
                .setTopicId(id)
                .setIsInternal(name != null && TopicRules.isInternal(name));
    }

    private static MetadataResponseTopic known(ReachableCluster cluster, TopicImage topic, short version) {
        var partitions = new ArrayList<MetadataResponsePartition>(topic.partitionCount());
        for (var partition : topic.partitions()) partitions.add(partition(cluster, partition, version));
        return new MetadataResponseTopic()
                .setErrorCode(ErrorCode.NONE.id())
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal())
                .setPartitions(partitions);
    }

    /** Version 0 leaves unreachable replicas out, and says so; later versions list them all. */
    private static MetadataResponsePartition partition(
            ReachableCluster cluster, PartitionImage partition, short version) {
        var leader = cluster.leader(partition);
        var replicas = version == 0 ? cluster.reachable(partition.replicas()) : partition.replicas();
        var isr = version == 0 ? cluster.reachable(partition.isr()) : partition.isr();
        ErrorCode error;
        if (leader == null) {
            boolean registered = cluster.image().broker(partition.leader()) != null;
            error = registered && version >= 6 ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE;
        } else if (replicas.size() < partition.replicas().size()
                || isr.size() < partition.isr().size()) {
            error = ErrorCode.REPLICA_NOT_AVAILABLE;
        } else {
            error = ErrorCode.NONE;
        }
        return new MetadataResponsePartition()
                .setErrorCode(error.id())
                .setPartitionIndex(partition.index())
                .setLeaderId(leader == null ? PartitionImage.NO_LEADER : leader.id())
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(replicas)
                .setIsrNodes(isr)
                .setOfflineReplicas(cluster.offlineReplicas(partition));
    }
}
