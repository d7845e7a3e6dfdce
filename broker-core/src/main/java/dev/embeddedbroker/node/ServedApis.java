package dev.embeddedbroker.node;

import dev.embeddedbroker.api.AclHandlers;
import dev.embeddedbroker.api.AddOffsetsToTxnHandler;
import dev.embeddedbroker.api.AddPartitionsToTxnHandler;
import dev.embeddedbroker.api.AlterClientQuotasHandler;
import dev.embeddedbroker.api.AlterConfigsHandler;
import dev.embeddedbroker.api.AlterPartitionReassignmentsHandler;
import dev.embeddedbroker.api.AlterReplicaLogDirsHandler;
import dev.embeddedbroker.api.AlterUserScramCredentialsHandler;
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
import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.metadata.AutoTopics;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.ProducerIds;
import dev.embeddedbroker.protocol.ApiKey;
import java.util.function.Consumer;

/** Every request this broker serves, and in which versions: the one place that says so. */
final class ServedApis {
    private final ApiTable table = new ApiTable();
    private final TopicLookups lookups = new TopicLookups();

    ServedApis(Services services) {
        serveData(services);
        serveMetadata(services);
        serveConfigs(services);
        serveGroups(services);
        serveTransactions(services);
        serveAdministration(services);
        serveTelemetry(services);
    }

    ApiTable table() {
        return table;
    }

    private void serveData(Services services) {
        var config = services.config().now();
        var partitions = services.partitions();
        var admission = admission(services);
        table.serve(ApiKey.PRODUCE, 3, 13, new ProduceHandler(partitions, services.metadata(), admission));
        table.serve(
                ApiKey.FETCH,
                4,
                18,
                new FetchHandler(
                        partitions,
                        services.metadata(),
                        services.loops(),
                        config.get(BrokerKeys.FETCH_MAX_BYTES),
                        config.get(BrokerKeys.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS),
                        services.random()));
        table.serve(ApiKey.LIST_OFFSETS, 1, 11, new ListOffsetsHandler(partitions));
        table.serve(ApiKey.OFFSET_FOR_LEADER_EPOCH, 2, 4, new OffsetForLeaderEpochHandler(partitions));
        table.serve(ApiKey.DELETE_RECORDS, 0, 2, new DeleteRecordsHandler(partitions));
        table.serve(
                ApiKey.DESCRIBE_LOG_DIRS,
                1,
                5,
                new DescribeLogDirsHandler(
                        partitions, LogDirOf.all(services.data().all())));
        table.serve(ApiKey.ALTER_REPLICA_LOG_DIRS, 1, 2, new AlterReplicaLogDirsHandler(partitions));
        table.serve(ApiKey.DESCRIBE_PRODUCERS, 0, 0, new DescribeProducersHandler(partitions));
    }

    private void serveMetadata(Services services) {
        var config = services.config().now();
        var metadata = services.metadata();
        var controller = services.controller();
        table.serve(
                ApiKey.API_VERSIONS,
                0,
                5,
                new ApiVersionsHandler(
                        table,
                        new FeaturesOf(metadata),
                        services.data().clusterId(),
                        services.nodeId(),
                        noteArrival(services.groups())));
        table.serve(ApiKey.METADATA, 0, 13, new MetadataHandler(metadata, controller, autoTopics(config), lookups));
        table.serve(
                ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                0,
                0,
                new DescribeTopicPartitionsHandler(metadata, config.get(BrokerKeys.MAX_REQUEST_PARTITION_SIZE_LIMIT)));
        table.serve(ApiKey.DESCRIBE_CLUSTER, 0, 2, new DescribeClusterHandler(metadata));
        table.serve(ApiKey.CREATE_TOPICS, 2, 7, new CreateTopicsHandler(controller, services.rules()));
        table.serve(
                ApiKey.DELETE_TOPICS,
                1,
                6,
                new DeleteTopicsHandler(metadata, controller, config.get(BrokerKeys.DELETE_TOPIC_ENABLE)));
        table.serve(ApiKey.UPDATE_FEATURES, 0, 2, new UpdateFeaturesHandler(controller));
        table.serve(ApiKey.CREATE_PARTITIONS, 0, 3, new CreatePartitionsHandler(controller));
        table.serve(
                ApiKey.INIT_PRODUCER_ID,
                0,
                config.get(BrokerKeys.UNSTABLE_API_VERSIONS_ENABLE) ? 6 : 5,
                new InitProducerIdHandler(
                        new ProducerIds(controller), new InitTransactionalProducer(services.transactions())));
    }

    private static Consumer<RequestContext> noteArrival(GroupCoordinators groups) {
        return context -> groups.arrivals()
                .introduced(
                        Arrivals.client(context.connection().clientHost(), context.clientId()),
                        context.clock().pacing().nanos());
    }

    private void serveConfigs(Services services) {
        var metadata = services.metadata();
        var controller = services.controller();
        var config = services.config();
        int nodeId = services.nodeId();
        table.serve(ApiKey.DESCRIBE_CONFIGS, 1, 4, new DescribeConfigsHandler(metadata, config, nodeId));
        table.serve(ApiKey.ALTER_CONFIGS, 0, 2, new AlterConfigsHandler(controller, metadata, config, nodeId));
        table.serve(
                ApiKey.INCREMENTAL_ALTER_CONFIGS,
                0,
                1,
                new IncrementalAlterConfigsHandler(controller, metadata, config, nodeId));
        table.serve(ApiKey.LIST_CONFIG_RESOURCES, 0, 1, new ListConfigResourcesHandler(metadata));
    }

    private void serveGroups(Services services) {
        var groups = services.groups();
        var metadata = services.metadata();
        table.serve(
                ApiKey.FIND_COORDINATOR,
                0,
                6,
                new FindCoordinatorHandler(groups, services.transactions(), metadata, services.nodeId()));
        var configured = GroupSettingsOf.consumer(
                services.config()::now, metadata, groups.settings().consumer().assignors());
        boolean runs = services.loops().get(0).clock().runsByItself();
        var settings = runs ? configured : GroupSettingsOf.inManualTime(configured);
        var memberIds = new MemberIds(services.random());
        var context = new GroupContext(groups::topics, settings);
        table.serve(ApiKey.JOIN_GROUP, 0, 9, new JoinGroupHandler(groups, context, memberIds));
        table.serve(ApiKey.SYNC_GROUP, 0, 5, new SyncGroupHandler(groups, context));
        table.serve(ApiKey.HEARTBEAT, 0, 4, new HeartbeatHandler(groups));
        table.serve(ApiKey.LEAVE_GROUP, 0, 5, new LeaveGroupHandler(groups, context));
        table.serve(ApiKey.OFFSET_COMMIT, 2, 10, new OffsetCommitHandler(groups, metadata));
        table.serve(ApiKey.OFFSET_FETCH, 1, 10, new OffsetFetchHandler(groups, metadata));
        table.serve(ApiKey.OFFSET_DELETE, 0, 0, new OffsetDeleteHandler(groups, metadata));
        table.serve(ApiKey.LIST_GROUPS, 0, 5, new ListGroupsHandler(groups));
        table.serve(ApiKey.DESCRIBE_GROUPS, 0, 6, new DescribeGroupsHandler(groups));
        table.serve(ApiKey.DELETE_GROUPS, 0, 3, new DeleteGroupsHandler(groups));
        var offer = new ConsumerGroupsOffer(
                metadata, () -> services.config().now().get(BrokerKeys.GROUP_COORDINATOR_REBALANCE_PROTOCOLS));
        table.serve(
                ApiKey.CONSUMER_GROUP_HEARTBEAT,
                0,
                1,
                new ConsumerGroupHeartbeatHandler(groups, offer, memberIds, settings, lookups));
        table.serve(
                ApiKey.CONSUMER_GROUP_DESCRIBE,
                0,
                1,
                new ConsumerGroupDescribeHandler(groups, metadata, offer, settings));
    }

    private void serveTransactions(Services services) {
        var transactions = services.transactions();
        var groups = services.groups();
        var metadata = services.metadata();
        table.serve(ApiKey.ADD_PARTITIONS_TO_TXN, 0, 5, new AddPartitionsToTxnHandler(transactions, metadata));
        table.serve(ApiKey.ADD_OFFSETS_TO_TXN, 0, 4, new AddOffsetsToTxnHandler(transactions, groups));
        table.serve(ApiKey.END_TXN, 0, 5, new EndTxnHandler(transactions));
        table.serve(ApiKey.WRITE_TXN_MARKERS, 1, 2, new WriteTxnMarkersHandler(services.markers()));
        table.serve(
                ApiKey.TXN_OFFSET_COMMIT,
                0,
                6,
                new TxnOffsetCommitHandler(groups, services.partitions(), metadata, admission(services)));
        table.serve(ApiKey.DESCRIBE_TRANSACTIONS, 0, 0, new DescribeTransactionsHandler(transactions));
        table.serve(ApiKey.LIST_TRANSACTIONS, 0, 2, new ListTransactionsHandler(transactions));
    }

    private static TransactionAdmission admission(Services services) {
        var config = services.config();
        return new TransactionAdmission(
                () -> config.now().get(BrokerKeys.TRANSACTION_PARTITION_VERIFICATION_ENABLE),
                services.transactions()::ask);
    }

    private void serveAdministration(Services services) {
        var metadata = services.metadata();
        var controller = services.controller();
        table.serve(ApiKey.DESCRIBE_ACLS, 1, 3, new AclHandlers.Describe());
        table.serve(ApiKey.CREATE_ACLS, 1, 3, new AclHandlers.Create());
        table.serve(ApiKey.DELETE_ACLS, 1, 3, new AclHandlers.Delete());
        table.serve(ApiKey.ELECT_LEADERS, 0, 2, new ElectLeadersHandler(controller));
        table.serve(ApiKey.ALTER_PARTITION_REASSIGNMENTS, 0, 1, new AlterPartitionReassignmentsHandler(controller));
        table.serve(ApiKey.LIST_PARTITION_REASSIGNMENTS, 0, 0, new ListPartitionReassignmentsHandler(metadata));
        table.serve(ApiKey.DESCRIBE_CLIENT_QUOTAS, 0, 1, new DescribeClientQuotasHandler(metadata));
        table.serve(ApiKey.ALTER_CLIENT_QUOTAS, 0, 1, new AlterClientQuotasHandler(controller));
        table.serve(ApiKey.DESCRIBE_QUORUM, 0, 2, new DescribeQuorumHandler(metadata, services.nodeId()));
        table.serve(ApiKey.UNREGISTER_BROKER, 0, 0, new UnregisterBrokerHandler(controller));
        var clusterId = services.data().clusterId();
        table.serve(ApiKey.ADD_RAFT_VOTER, 0, 1, new RaftVoterHandlers.Add(clusterId));
        table.serve(ApiKey.REMOVE_RAFT_VOTER, 0, 0, new RaftVoterHandlers.Remove(clusterId));
        table.serve(ApiKey.UNREGISTER_CONTROLLER, 0, 0, new RaftVoterHandlers.Unregister(services.nodeId()));
        table.serve(ApiKey.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, 0, new DescribeUserScramCredentialsHandler(metadata));
        table.serve(ApiKey.ALTER_USER_SCRAM_CREDENTIALS, 0, 0, new AlterUserScramCredentialsHandler(controller));
        table.serve(ApiKey.CREATE_DELEGATION_TOKEN, 1, 3, new DelegationTokenHandlers.Create());
        table.serve(ApiKey.RENEW_DELEGATION_TOKEN, 1, 2, new DelegationTokenHandlers.Renew());
        table.serve(ApiKey.EXPIRE_DELEGATION_TOKEN, 1, 2, new DelegationTokenHandlers.Expire());
        table.serve(ApiKey.DESCRIBE_DELEGATION_TOKEN, 1, 3, new DelegationTokenHandlers.Describe());
    }

    /** Hidden unless somebody receives the metrics, so that clients don't try. */
    private void serveTelemetry(Services services) {
        if (services.telemetry().isEmpty()) {
            return;
        }
        var clients = new TelemetryClients();
        var owner = services.loops().get(0);
        int maxBytes = services.config().now().get(BrokerKeys.TELEMETRY_MAX_BYTES);
        table.serve(
                ApiKey.GET_TELEMETRY_SUBSCRIPTIONS,
                0,
                0,
                new GetTelemetrySubscriptionsHandler(clients, owner, services.metadata(), maxBytes, services.random()));
        table.serve(
                ApiKey.PUSH_TELEMETRY,
                0,
                0,
                new PushTelemetryHandler(
                        clients,
                        owner,
                        services.metadata(),
                        new PushTelemetryHandler.Destination(services.telemetry(), services.maintenance(), maxBytes)));
    }

    /** How topics appear when they are mentioned; the internal ones in the sizes of the settings. */
    static AutoTopics autoTopics(BrokerConfig config) {
        return new AutoTopics(config.get(BrokerKeys.AUTO_CREATE_TOPICS_ENABLE), internalTopics(config));
    }

    static InternalTopics internalTopics(BrokerConfig config) {
        return new InternalTopics(
                new InternalTopics.Shape(
                        config.get(BrokerKeys.OFFSETS_TOPIC_NUM_PARTITIONS),
                        config.get(BrokerKeys.OFFSETS_TOPIC_REPLICATION_FACTOR),
                        config.get(BrokerKeys.OFFSETS_TOPIC_SEGMENT_BYTES),
                        1),
                new InternalTopics.Shape(
                        config.get(BrokerKeys.TRANSACTION_STATE_LOG_NUM_PARTITIONS),
                        config.get(BrokerKeys.TRANSACTION_STATE_LOG_REPLICATION_FACTOR),
                        config.get(BrokerKeys.TRANSACTION_STATE_LOG_SEGMENT_BYTES),
                        config.get(BrokerKeys.TRANSACTION_STATE_LOG_MIN_ISR)),
                new InternalTopics.Shape(
                        config.get(BrokerKeys.SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS),
                        config.get(BrokerKeys.SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR),
                        config.get(BrokerKeys.SHARE_COORDINATOR_STATE_TOPIC_SEGMENT_BYTES),
                        config.get(BrokerKeys.SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR)));
    }
}
