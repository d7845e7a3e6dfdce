package dev.embeddedbroker.peer;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/**
 * Calls of the stock Admin client, among them all that a web UI such as kafbat's makes: what the client makes of the
 * answers, as text.
 */
final class AdminCalls {
    private static final TopicPartition FIRST = new TopicPartition("admin", 0);
    private static final TopicPartition NOWHERE = new TopicPartition("nowhere", 0);
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "admin");
    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource GROUP = new ConfigResource(ConfigResource.Type.GROUP, "admins");

    /** A call, and how its outcome is had. */
    interface Call {
        Object on(Admin admin) throws ExecutionException, InterruptedException;
    }

    static final Map<String, Call> ALL = new LinkedHashMap<>();

    static {
        topics();
        settings();
        groups();
        cluster();
    }

    private AdminCalls() {}

    private static void topics() {
        ALL.put("createTopics", admin -> {
            var result = admin.createTopics(List.of(new NewTopic("admin", 2, (short) 1)));
            return get(result.numPartitions("admin"))
                    + " " + get(result.replicationFactor("admin"))
                    + " " + entries(result.config("admin").get().entries());
        });
        ALL.put(
                "createTopics again",
                admin -> all(admin.createTopics(List.of(new NewTopic("admin", 2, (short) 1)))
                        .values()));
        ALL.put(
                "createTopics with 3 replicas",
                admin -> all(admin.createTopics(List.of(new NewTopic("replicated", 2, (short) 3)))
                        .values()));
        ALL.put(
                "createTopics by hand",
                admin -> all(admin.createTopics(List.of(new NewTopic("byhand", Map.of(0, List.of(5)))))
                        .values()));
        ALL.put(
                "listTopics",
                admin -> new TreeMap<>(admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .namesToListings()
                        .get()));
        ALL.put(
                "describeTopics",
                admin -> all(admin.describeTopics(
                                List.of("admin", "nowhere"),
                                new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .topicNameValues()));
        ALL.put(
                "createPartitions",
                admin -> all(admin.createPartitions(
                                Map.of("admin", NewPartitions.increaseTo(1), "nowhere", NewPartitions.increaseTo(3)))
                        .values()));
        ALL.put(
                "electLeaders",
                admin -> new TreeMap<>(byName(admin.electLeaders(ElectionType.PREFERRED, Set.of(FIRST, NOWHERE))
                        .partitions()
                        .get())));
        ALL.put(
                "alterPartitionReassignments",
                admin -> all(admin.alterPartitionReassignments(Map.of(
                                FIRST, java.util.Optional.of(new NewPartitionReassignment(List.of(1))),
                                NOWHERE, java.util.Optional.empty()))
                        .values()));
        ALL.put(
                "listPartitionReassignments",
                admin -> get(admin.listPartitionReassignments().reassignments()));
        ALL.put(
                "listOffsets",
                admin -> get(
                        admin.listOffsets(Map.of(FIRST, OffsetSpec.latest())).all()));
        ALL.put(
                "listOffsets by time",
                admin -> get(admin.listOffsets(
                                Map.of(new TopicPartition("rec", 0), OffsetSpec.forTimestamp(1_700_000_004_000L)))
                        .all()));
        ALL.put(
                "describeReplicaLogDirs",
                admin -> all(admin.describeReplicaLogDirs(
                                List.of(new org.apache.kafka.common.TopicPartitionReplica("rec", 0, 1)))
                        .values()));
        ALL.put("listOffsets of nothing", admin -> admin.listOffsets(
                        Map.of(new TopicPartition("admin", 9), OffsetSpec.earliest()))
                .partitionResult(new TopicPartition("admin", 0)));
        ALL.put(
                "deleteRecords",
                admin -> all(admin.deleteRecords(Map.of(
                                FIRST,
                                RecordsToDelete.beforeOffset(0),
                                new TopicPartition("rec", 0),
                                RecordsToDelete.beforeOffset(99)))
                        .lowWatermarks()));
        ALL.put("describeLogDirs", admin -> get(admin.describeLogDirs(List.of(1))
                        .allDescriptions())
                .replaceAll("replicaInfos=.*", ""));
        ALL.put(
                "describeProducers",
                admin -> get(admin.describeProducers(List.of(FIRST)).all()));
        ALL.put(
                "deleteTopics",
                admin -> all(admin.deleteTopics(List.of("admin", "nowhere")).topicNameValues()));
    }

    private static void settings() {
        ALL.put(
                "describeConfigs of a topic",
                admin -> entries(admin.describeConfigs(
                                List.of(new ConfigResource(ConfigResource.Type.TOPIC, "rec")),
                                new DescribeConfigsOptions().includeSynonyms(true))
                        .all()
                        .get()
                        .values()
                        .iterator()
                        .next()
                        .entries()));
        ALL.put(
                "describeConfigs of nothing",
                admin -> all(admin.describeConfigs(List.of(TOPIC)).values()));
        ALL.put(
                "incrementalAlterConfigs",
                admin -> all(admin.incrementalAlterConfigs(Map.of(
                                BROKER, List.of(set("message.max.bytes", "1000012")),
                                GROUP, List.of(set("consumer.session.timeout.ms", "46000"))))
                        .values()));
        ALL.put(
                "incrementalAlterConfigs of a setting of the start",
                admin -> all(admin.incrementalAlterConfigs(Map.of(BROKER, List.of(set("log.dirs", "/elsewhere"))))
                        .values()));
        ALL.put("listConfigResources", admin -> admin.listConfigResources().all().get().stream()
                .map(Object::toString)
                .sorted()
                .toList());
        ALL.put(
                "describeClientQuotas",
                admin -> get(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()));
        ALL.put(
                "alterClientQuotas",
                admin -> all(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                new ClientQuotaEntity(Map.of("user", "u")),
                                List.of(new ClientQuotaAlteration.Op("nonsense", 1.0)))))
                        .values()));
        ALL.put(
                "describeAcls",
                admin -> get(admin.describeAcls(AclBindingFilter.ANY).values()));
    }

    private static void groups() {
        ALL.put(
                "alterConsumerGroupOffsets",
                admin -> get(admin.alterConsumerGroupOffsets(
                                "admins", Map.of(new TopicPartition("rec", 0), new OffsetAndMetadata(5, "by hand")))
                        .all()));
        ALL.put(
                "listConsumerGroupOffsets",
                admin -> get(admin.listConsumerGroupOffsets(Map.of(
                                "admins",
                                new ListConsumerGroupOffsetsSpec(),
                                "nobody",
                                new ListConsumerGroupOffsetsSpec()))
                        .all()));
        ALL.put("listGroups", admin -> admin.listGroups().all().get().stream()
                .map(Object::toString)
                .sorted()
                .toList());
        ALL.put(
                "describeConsumerGroups",
                admin -> all(admin.describeConsumerGroups(List.of("admins", "nobody"))
                        .describedGroups()));
        ALL.put(
                "describeClassicGroups",
                admin -> all(
                        admin.describeClassicGroups(List.of("admins", "nobody")).describedGroups()));
        ALL.put(
                "removeMembers",
                admin -> get(admin.removeMembersFromConsumerGroup(
                                "nobody", new org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions())
                        .all()));
        ALL.put(
                "deleteConsumerGroupOffsets",
                admin -> get(admin.deleteConsumerGroupOffsets("admins", Set.of(new TopicPartition("rec", 0)))
                        .all()));
        ALL.put(
                "deleteConsumerGroups",
                admin -> all(
                        admin.deleteConsumerGroups(List.of("admins", "nobody")).deletedGroups()));
        ALL.put("listTransactions", admin -> admin.listTransactions().all().get().stream()
                .map(Object::toString)
                .sorted()
                .toList());
        ALL.put(
                "describeTransactions",
                admin -> all(Map.of(
                        "unknown",
                        admin.describeTransactions(List.of("unknown")).description("unknown"))));
        ALL.put(
                "abortTransaction",
                admin -> get(admin.abortTransaction(new org.apache.kafka.clients.admin.AbortTransactionSpec(
                                new TopicPartition("rec", 0), 99, (short) 0, 0))
                        .all()));
    }

    private static void cluster() {
        ALL.put("describeCluster", admin -> {
            var cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
            return get(cluster.nodes())
                    + get(cluster.controller())
                    + cluster.authorizedOperations().get().stream()
                            .map(Object::toString)
                            .sorted()
                            .toList();
        });
        ALL.put("describeMetadataQuorum", admin -> {
            var quorum = admin.describeMetadataQuorum().quorumInfo().get();
            return quorum.leaderId() + " " + quorum.voters().size() + " " + quorum.observers();
        });
        ALL.put("describeFeatures", admin -> {
            var features = admin.describeFeatures().featureMetadata().get();
            return new TreeMap<>(features.finalizedFeatures()) + " " + new TreeMap<>(features.supportedFeatures());
        });
        ALL.put(
                "updateFeatures",
                admin -> all(admin.updateFeatures(
                                Map.of(
                                        "group.version",
                                        new FeatureUpdate((short) 99, FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions().validateOnly(true))
                        .values()));
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    /** What the call gave or threw, as text. */
    static String outcome(Call call, Admin admin) throws InterruptedException {
        try {
            return String.valueOf(call.on(admin));
        } catch (ExecutionException e) {
            return failure(e.getCause());
        } catch (IllegalArgumentException e) {
            return failure(e);
        }
    }

    private static String failure(Throwable cause) {
        return cause.getClass().getSimpleName();
    }

    private static String get(KafkaFuture<?> future) throws ExecutionException, InterruptedException {
        return String.valueOf(future.get());
    }

    /** The outcome of each, in the order of their names. */
    private static String all(Map<?, ? extends KafkaFuture<?>> futures) throws InterruptedException {
        var outcomes = new TreeMap<String, String>();
        for (var each : futures.entrySet()) {
            try {
                outcomes.put(each.getKey().toString(), get(each.getValue()));
            } catch (ExecutionException e) {
                outcomes.put(each.getKey().toString(), failure(e.getCause()));
            }
        }
        return outcomes.toString();
    }

    private static Map<String, String> byName(Map<TopicPartition, ? extends java.util.Optional<Throwable>> outcomes) {
        return outcomes.entrySet().stream()
                .collect(Collectors.toMap(
                        each -> each.getKey().toString(),
                        each -> each.getValue().map(AdminCalls::failure).orElse("elected")));
    }

    private static List<String> entries(Collection<ConfigEntry> entries) {
        return entries.stream()
                .map(each -> each.name() + "=" + each.value() + " " + each.source() + " " + each.type() + " "
                        + each.synonyms())
                .sorted()
                .toList();
    }
}
