package dev.embeddedbroker.node;

import dev.embeddedbroker.api.AclHandlers;
import dev.embeddedbroker.api.AddOffsetsToTxnHandler;
import dev.embeddedbroker.api.AddPartitionsToTxnHandler;
import dev.embeddedbroker.api.AlterClientQuotasHandler;
import dev.embeddedbroker.api.AlterConfigsHandler;
import dev.embeddedbroker.api.AlterPartitionReassignmentsHandler;
import dev.embeddedbroker.api.AlterReplicaLogDirsHandler;
import dev.embeddedbroker.api.AlterUserScramCredentialsHandler;
import dev.embeddedbroker.api.ApiHandler;
import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.api.ApiVersionsHandler;
import dev.embeddedbroker.api.ConsumerGroupDescribeHandler;
import dev.embeddedbroker.api.ConsumerGroupHeartbeatHandler;
import dev.embeddedbroker.api.ConsumerGroupsOffer;
import dev.embeddedbroker.api.CreatePartitionsHandler;
import dev.embeddedbroker.api.CreateTopicsHandler;
import dev.embeddedbroker.api.DelegationTokenHandlers;
import dev.embeddedbroker.api.DeleteGroupsHandler;
import dev.embeddedbroker.api.DeleteRecordsHandler;
import dev.embeddedbroker.api.DeleteTopicsHandler;
import dev.embeddedbroker.api.DescribeClientQuotasHandler;
import dev.embeddedbroker.api.DescribeClusterHandler;
import dev.embeddedbroker.api.DescribeConfigsHandler;
import dev.embeddedbroker.api.DescribeGroupsHandler;
import dev.embeddedbroker.api.DescribeLogDirsHandler;
import dev.embeddedbroker.api.DescribeProducersHandler;
import dev.embeddedbroker.api.DescribeQuorumHandler;
import dev.embeddedbroker.api.DescribeTopicPartitionsHandler;
import dev.embeddedbroker.api.DescribeTransactionsHandler;
import dev.embeddedbroker.api.DescribeUserScramCredentialsHandler;
import dev.embeddedbroker.api.ElectLeadersHandler;
import dev.embeddedbroker.api.EndTxnHandler;
import dev.embeddedbroker.api.FetchHandler;
import dev.embeddedbroker.api.FindCoordinatorHandler;
import dev.embeddedbroker.api.GetTelemetrySubscriptionsHandler;
import dev.embeddedbroker.api.GroupContext;
import dev.embeddedbroker.api.HeartbeatHandler;
import dev.embeddedbroker.api.IncrementalAlterConfigsHandler;
import dev.embeddedbroker.api.InitProducerIdHandler;
import dev.embeddedbroker.api.InitTransactionalProducer;
import dev.embeddedbroker.api.JoinGroupHandler;
import dev.embeddedbroker.api.LeaveGroupHandler;
import dev.embeddedbroker.api.ListConfigResourcesHandler;
import dev.embeddedbroker.api.ListGroupsHandler;
import dev.embeddedbroker.api.ListOffsetsHandler;
import dev.embeddedbroker.api.ListPartitionReassignmentsHandler;
import dev.embeddedbroker.api.ListTransactionsHandler;
import dev.embeddedbroker.api.MetadataHandler;
import dev.embeddedbroker.api.OffsetCommitHandler;
import dev.embeddedbroker.api.OffsetDeleteHandler;
import dev.embeddedbroker.api.OffsetFetchHandler;
import dev.embeddedbroker.api.OffsetForLeaderEpochHandler;
import dev.embeddedbroker.api.ProduceHandler;
import dev.embeddedbroker.api.PushTelemetryHandler;
import dev.embeddedbroker.api.RaftVoterHandlers;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.api.SyncGroupHandler;
import dev.embeddedbroker.api.TelemetryClients;
import dev.embeddedbroker.api.TopicLookups;
import dev.embeddedbroker.api.TransactionAdmission;
import dev.embeddedbroker.api.TxnOffsetCommitHandler;
import dev.embeddedbroker.api.UnregisterBrokerHandler;
import dev.embeddedbroker.api.UpdateFeaturesHandler;
import dev.embeddedbroker.api.WriteTxnMarkersHandler;
import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.metadata.ProducerIds;
import dev.embeddedbroker.protocol.ApiKey;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What answers each request, made when the first of its kind comes: sixty handlers at once, of which a test meets a
 * dozen, would be an eighth of a broker's start.
 *
 * <p><b>Owner:</b> none; {@link ApiTable} asks for each handler once, under this object's lock.
 */
final class Handlers implements ApiTable.HandlerSource {
    private final Services services;
    private final ApiTable table;
    private final BrokerConfig atStart;
    private final TopicLookups lookups;
    private @Nullable GroupParts groupParts;
    private @Nullable TelemetryClients telemetryClients;

    /** What the handlers of groups share. */
    private record GroupParts(
            Function<String, ConsumerSettings> settings,
            GroupContext context,
            MemberIds memberIds,
            ConsumerGroupsOffer offer) {}

    Handlers(Services services, ApiTable table) {
        this.services = services;
        this.table = table;
        this.atStart = services.config().now();
        this.lookups = new TopicLookups(services.groups().arrivals());
    }

    @Override
    public ApiHandler<?> handlerOf(ApiKey key) {
        var handler = ofData(key);
        if (handler == null) handler = ofMetadata(key);
        if (handler == null) handler = ofGroups(key);
        if (handler == null) handler = ofTransactions(key);
        if (handler == null) handler = ofAdministration(key);
        if (handler == null) handler = ofTelemetry(key);
        if (handler == null) {
            throw new IllegalArgumentException(key + " has no handler (expected: a key of ServedApis)");
        }
        return handler;
    }

    private @Nullable ApiHandler<?> ofData(ApiKey key) {
        var partitions = services.partitions();
        return switch (key) {
            case PRODUCE -> new ProduceHandler(partitions, services.metadata(), admission());
            case FETCH ->
                new FetchHandler(
                        partitions,
                        services.metadata(),
                        services.loops(),
                        atStart.get(BrokerKeys.FETCH_MAX_BYTES),
                        atStart.get(BrokerKeys.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS),
                        services.random());
            case LIST_OFFSETS -> new ListOffsetsHandler(partitions);
            case OFFSET_FOR_LEADER_EPOCH -> new OffsetForLeaderEpochHandler(partitions);
            case DELETE_RECORDS -> new DeleteRecordsHandler(partitions);
            case DESCRIBE_LOG_DIRS ->
                new DescribeLogDirsHandler(
                        partitions, LogDirOf.all(services.data().all()));
            case ALTER_REPLICA_LOG_DIRS -> new AlterReplicaLogDirsHandler(partitions);
            case DESCRIBE_PRODUCERS -> new DescribeProducersHandler(partitions);
            default -> null;
        };
    }

    private @Nullable ApiHandler<?> ofMetadata(ApiKey key) {
        var metadata = services.metadata();
        var controller = services.controller();
        return switch (key) {
            case API_VERSIONS ->
                new ApiVersionsHandler(
                        table,
                        new FeaturesOf(metadata),
                        services.data().clusterId(),
                        services.nodeId(),
                        this::noteArrival);
            case METADATA -> new MetadataHandler(metadata, controller, ServedApis.autoTopics(atStart), lookups);
            case DESCRIBE_TOPIC_PARTITIONS ->
                new DescribeTopicPartitionsHandler(metadata, atStart.get(BrokerKeys.MAX_REQUEST_PARTITION_SIZE_LIMIT));
            case DESCRIBE_CLUSTER -> new DescribeClusterHandler(metadata);
            case CREATE_TOPICS -> new CreateTopicsHandler(controller, services.rules());
            case DELETE_TOPICS ->
                new DeleteTopicsHandler(metadata, controller, atStart.get(BrokerKeys.DELETE_TOPIC_ENABLE));
            case UPDATE_FEATURES -> new UpdateFeaturesHandler(controller);
            case CREATE_PARTITIONS -> new CreatePartitionsHandler(controller);
            case INIT_PRODUCER_ID ->
                new InitProducerIdHandler(
                        new ProducerIds(controller), new InitTransactionalProducer(services.transactions()));
            default -> null;
        };
    }

    private @Nullable ApiHandler<?> ofGroups(ApiKey key) {
        var groups = services.groups();
        var metadata = services.metadata();
        return switch (key) {
            case FIND_COORDINATOR ->
                new FindCoordinatorHandler(groups, services.transactions(), metadata, services.nodeId());
            case JOIN_GROUP -> new JoinGroupHandler(groups, shared().context(), shared().memberIds());
            case SYNC_GROUP -> new SyncGroupHandler(groups, shared().context());
            case HEARTBEAT -> new HeartbeatHandler(groups);
            case LEAVE_GROUP -> new LeaveGroupHandler(groups, shared().context());
            case OFFSET_COMMIT -> new OffsetCommitHandler(groups, metadata);
            case OFFSET_FETCH -> new OffsetFetchHandler(groups, metadata);
            case OFFSET_DELETE -> new OffsetDeleteHandler(groups, metadata);
            case LIST_GROUPS -> new ListGroupsHandler(groups);
            case DESCRIBE_GROUPS -> new DescribeGroupsHandler(groups);
            case DELETE_GROUPS -> new DeleteGroupsHandler(groups);
            case CONSUMER_GROUP_HEARTBEAT ->
                new ConsumerGroupHeartbeatHandler(
                        groups, shared().offer(), shared().memberIds(), shared().settings(), lookups);
            case CONSUMER_GROUP_DESCRIBE ->
                new ConsumerGroupDescribeHandler(groups, metadata, shared().offer(), shared().settings());
            default -> null;
        };
    }

    private @Nullable ApiHandler<?> ofTransactions(ApiKey key) {
        var transactions = services.transactions();
        var groups = services.groups();
        var metadata = services.metadata();
        return switch (key) {
            case ADD_PARTITIONS_TO_TXN -> new AddPartitionsToTxnHandler(transactions, metadata);
            case ADD_OFFSETS_TO_TXN -> new AddOffsetsToTxnHandler(transactions, groups);
            case END_TXN -> new EndTxnHandler(transactions);
            case WRITE_TXN_MARKERS -> new WriteTxnMarkersHandler(services.markers());
            case TXN_OFFSET_COMMIT -> new TxnOffsetCommitHandler(groups, services.partitions(), metadata, admission());
            case DESCRIBE_TRANSACTIONS -> new DescribeTransactionsHandler(transactions);
            case LIST_TRANSACTIONS -> new ListTransactionsHandler(transactions);
            default -> null;
        };
    }

    private @Nullable ApiHandler<?> ofAdministration(ApiKey key) {
        var metadata = services.metadata();
        var controller = services.controller();
        var config = services.config();
        int nodeId = services.nodeId();
        return switch (key) {
            case DESCRIBE_CONFIGS -> new DescribeConfigsHandler(metadata, config, nodeId);
            case ALTER_CONFIGS -> new AlterConfigsHandler(controller, metadata, config, nodeId);
            case INCREMENTAL_ALTER_CONFIGS -> new IncrementalAlterConfigsHandler(controller, metadata, config, nodeId);
            case LIST_CONFIG_RESOURCES -> new ListConfigResourcesHandler(metadata);
            case DESCRIBE_ACLS -> new AclHandlers.Describe();
            case CREATE_ACLS -> new AclHandlers.Create();
            case DELETE_ACLS -> new AclHandlers.Delete();
            case ELECT_LEADERS -> new ElectLeadersHandler(controller);
            case ALTER_PARTITION_REASSIGNMENTS -> new AlterPartitionReassignmentsHandler(controller);
            case LIST_PARTITION_REASSIGNMENTS -> new ListPartitionReassignmentsHandler(metadata);
            case DESCRIBE_CLIENT_QUOTAS -> new DescribeClientQuotasHandler(metadata);
            case ALTER_CLIENT_QUOTAS -> new AlterClientQuotasHandler(controller);
            case DESCRIBE_QUORUM -> new DescribeQuorumHandler(metadata, nodeId);
            case UNREGISTER_BROKER -> new UnregisterBrokerHandler(controller);
            case ADD_RAFT_VOTER -> new RaftVoterHandlers.Add(services.data().clusterId());
            case REMOVE_RAFT_VOTER ->
                new RaftVoterHandlers.Remove(services.data().clusterId());
            case UNREGISTER_CONTROLLER -> new RaftVoterHandlers.Unregister(nodeId);
            case DESCRIBE_USER_SCRAM_CREDENTIALS -> new DescribeUserScramCredentialsHandler(metadata);
            case ALTER_USER_SCRAM_CREDENTIALS -> new AlterUserScramCredentialsHandler(controller);
            case CREATE_DELEGATION_TOKEN -> new DelegationTokenHandlers.Create();
            case RENEW_DELEGATION_TOKEN -> new DelegationTokenHandlers.Renew();
            case EXPIRE_DELEGATION_TOKEN -> new DelegationTokenHandlers.Expire();
            case DESCRIBE_DELEGATION_TOKEN -> new DelegationTokenHandlers.Describe();
            default -> null;
        };
    }

    private @Nullable ApiHandler<?> ofTelemetry(ApiKey key) {
        var owner = services.loops().get(0);
        int maxBytes = atStart.get(BrokerKeys.TELEMETRY_MAX_BYTES);
        return switch (key) {
            case GET_TELEMETRY_SUBSCRIPTIONS ->
                new GetTelemetrySubscriptionsHandler(
                        clients(), owner, services.metadata(), maxBytes, services.random());
            case PUSH_TELEMETRY ->
                new PushTelemetryHandler(
                        clients(),
                        owner,
                        services.metadata(),
                        new PushTelemetryHandler.Destination(services.telemetry(), services.maintenance(), maxBytes));
            default -> null;
        };
    }

    private void noteArrival(RequestContext context) {
        services.groups()
                .arrivals()
                .introduced(
                        Arrivals.client(context.connection().clientHost(), context.clientId()),
                        context.clock().pacing().nanos());
    }

    private GroupParts shared() {
        if (groupParts == null) {
            var groups = services.groups();
            var configured = GroupSettingsOf.consumer(
                    services.config(),
                    services.metadata(),
                    groups.settings().consumer().assignors());
            boolean runs = services.loops().get(0).clock().runsByItself();
            var settings = runs ? configured : GroupSettingsOf.inManualTime(configured);
            groupParts = new GroupParts(
                    settings,
                    new GroupContext(groups::topics, settings),
                    new MemberIds(services.random()),
                    new ConsumerGroupsOffer(
                            services.metadata(),
                            () -> services.config().now().get(BrokerKeys.GROUP_COORDINATOR_REBALANCE_PROTOCOLS)));
        }
        return groupParts;
    }

    private TelemetryClients clients() {
        if (telemetryClients == null) {
            telemetryClients = new TelemetryClients();
        }
        return telemetryClients;
    }

    private TransactionAdmission admission() {
        var config = services.config();
        return new TransactionAdmission(
                () -> config.now().get(BrokerKeys.TRANSACTION_PARTITION_VERIFICATION_ENABLE),
                services.transactions()::ask);
    }
}
