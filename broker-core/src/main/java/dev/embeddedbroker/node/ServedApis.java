package dev.embeddedbroker.node;

import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.metadata.AutoTopics;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.protocol.ApiKey;

/** Every request this broker serves, and in which versions: the one place that says so. */
final class ServedApis {
    private final ApiTable table = new ApiTable();
    private final Handlers handlers;

    ServedApis(Services services) {
        handlers = new Handlers(services, table);
        serveClients(services.config().now());
        serveAdministration();
        if (!services.telemetry().isEmpty()) {
            serveTelemetry();
        }
    }

    ApiTable table() {
        return table;
    }

    private void serve(ApiKey key, int minVersion, int maxVersion) {
        table.serve(key, minVersion, maxVersion, handlers);
    }

    private void serveClients(BrokerConfig atStart) {
        serve(ApiKey.PRODUCE, 3, 13);
        serve(ApiKey.FETCH, 4, 18);
        serve(ApiKey.LIST_OFFSETS, 1, 11);
        serve(ApiKey.OFFSET_FOR_LEADER_EPOCH, 2, 4);
        serve(ApiKey.DELETE_RECORDS, 0, 2);
        serve(ApiKey.DESCRIBE_LOG_DIRS, 1, 5);
        serve(ApiKey.ALTER_REPLICA_LOG_DIRS, 1, 2);
        serve(ApiKey.DESCRIBE_PRODUCERS, 0, 0);

        serve(ApiKey.API_VERSIONS, 0, 5);
        serve(ApiKey.METADATA, 0, 13);
        serve(ApiKey.DESCRIBE_TOPIC_PARTITIONS, 0, 0);
        serve(ApiKey.DESCRIBE_CLUSTER, 0, 2);
        serve(ApiKey.CREATE_TOPICS, 2, 7);
        serve(ApiKey.DELETE_TOPICS, 1, 6);
        serve(ApiKey.UPDATE_FEATURES, 0, 2);
        serve(ApiKey.CREATE_PARTITIONS, 0, 3);
        serve(ApiKey.INIT_PRODUCER_ID, 0, atStart.get(BrokerKeys.UNSTABLE_API_VERSIONS_ENABLE) ? 6 : 5);

        serve(ApiKey.FIND_COORDINATOR, 0, 6);
        serve(ApiKey.JOIN_GROUP, 0, 9);
        serve(ApiKey.SYNC_GROUP, 0, 5);
        serve(ApiKey.HEARTBEAT, 0, 4);
        serve(ApiKey.LEAVE_GROUP, 0, 5);
        serve(ApiKey.OFFSET_COMMIT, 2, 10);
        serve(ApiKey.OFFSET_FETCH, 1, 10);
        serve(ApiKey.OFFSET_DELETE, 0, 0);
        serve(ApiKey.LIST_GROUPS, 0, 5);
        serve(ApiKey.DESCRIBE_GROUPS, 0, 6);
        serve(ApiKey.DELETE_GROUPS, 0, 3);
        serve(ApiKey.CONSUMER_GROUP_HEARTBEAT, 0, 1);
        serve(ApiKey.CONSUMER_GROUP_DESCRIBE, 0, 1);

        serve(ApiKey.ADD_PARTITIONS_TO_TXN, 0, 5);
        serve(ApiKey.ADD_OFFSETS_TO_TXN, 0, 4);
        serve(ApiKey.END_TXN, 0, 5);
        serve(ApiKey.WRITE_TXN_MARKERS, 1, 2);
        serve(ApiKey.TXN_OFFSET_COMMIT, 0, 6);
        serve(ApiKey.DESCRIBE_TRANSACTIONS, 0, 0);
        serve(ApiKey.LIST_TRANSACTIONS, 0, 2);
    }

    private void serveAdministration() {
        serve(ApiKey.DESCRIBE_CONFIGS, 1, 4);
        serve(ApiKey.ALTER_CONFIGS, 0, 2);
        serve(ApiKey.INCREMENTAL_ALTER_CONFIGS, 0, 1);
        serve(ApiKey.LIST_CONFIG_RESOURCES, 0, 1);

        serve(ApiKey.DESCRIBE_ACLS, 1, 3);
        serve(ApiKey.CREATE_ACLS, 1, 3);
        serve(ApiKey.DELETE_ACLS, 1, 3);
        serve(ApiKey.ELECT_LEADERS, 0, 2);
        serve(ApiKey.ALTER_PARTITION_REASSIGNMENTS, 0, 1);
        serve(ApiKey.LIST_PARTITION_REASSIGNMENTS, 0, 0);
        serve(ApiKey.DESCRIBE_CLIENT_QUOTAS, 0, 1);
        serve(ApiKey.ALTER_CLIENT_QUOTAS, 0, 1);
        serve(ApiKey.DESCRIBE_QUORUM, 0, 2);
        serve(ApiKey.UNREGISTER_BROKER, 0, 0);
        serve(ApiKey.ADD_RAFT_VOTER, 0, 1);
        serve(ApiKey.REMOVE_RAFT_VOTER, 0, 0);
        serve(ApiKey.UNREGISTER_CONTROLLER, 0, 0);
        serve(ApiKey.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, 0);
        serve(ApiKey.ALTER_USER_SCRAM_CREDENTIALS, 0, 0);
        serve(ApiKey.CREATE_DELEGATION_TOKEN, 1, 3);
        serve(ApiKey.RENEW_DELEGATION_TOKEN, 1, 2);
        serve(ApiKey.EXPIRE_DELEGATION_TOKEN, 1, 2);
        serve(ApiKey.DESCRIBE_DELEGATION_TOKEN, 1, 3);
    }

    /** Hidden unless somebody receives the metrics, so that clients don't try. */
    private void serveTelemetry() {
        serve(ApiKey.GET_TELEMETRY_SUBSCRIPTIONS, 0, 0);
        serve(ApiKey.PUSH_TELEMETRY, 0, 0);
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
