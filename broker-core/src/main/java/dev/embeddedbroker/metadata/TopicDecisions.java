package dev.embeddedbroker.metadata;

import static dev.embeddedbroker.protocol.ErrorCode.INVALID_CONFIG;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_PARTITIONS;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REPLICATION_FACTOR;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REPLICA_ASSIGNMENT;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REQUEST;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_TOPIC_EXCEPTION;
import static dev.embeddedbroker.protocol.ErrorCode.POLICY_VIOLATION;
import static dev.embeddedbroker.protocol.ErrorCode.THROTTLING_QUOTA_EXCEEDED;
import static dev.embeddedbroker.protocol.ErrorCode.TOPIC_ALREADY_EXISTS;
import static dev.embeddedbroker.protocol.ErrorCode.UNKNOWN_TOPIC_ID;
import static dev.embeddedbroker.protocol.ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;

import dev.embeddedbroker.metadata.ControllerCommand.CreatePartitions;
import dev.embeddedbroker.metadata.ControllerCommand.CreateTopics;
import dev.embeddedbroker.metadata.ControllerCommand.DeleteTopics;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveTopicRecord;
import dev.embeddedbroker.protocol.record.metadata.TopicRecord;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creating, growing and deleting topics: Kafka's checks in Kafka's order and words, and the records that result.
 *
 * <p>Every method decides about one state and changes nothing.
 */
final class TopicDecisions {

    /** Kafka's limit on what one request may create. */
    private static final int MAX_PARTITIONS_PER_COMMAND = 10_000;

    private final ClusterImage image;
    private final ControllerSettings settings;
    private final Checks checks;
    private final PartitionRecords partitions;

    /**
     * Who else is asked about a new topic.
     *
     * @param collisions gives an existing topic whose name collides with the given one, or null
     */
    record Checks(ConfigRules rules, Policies policies, Function<String, @Nullable String> collisions) {}

    TopicDecisions(ClusterImage image, ControllerSettings settings, Checks checks) {
        this.image = image;
        this.settings = settings;
        this.checks = checks;
        this.partitions = new PartitionRecords(image);
    }

    /** Decides about every topic on its own, adding the records of the good ones to {@code records}. */
    List<CreatedTopic> create(CreateTopics command, Moment now, List<Message> records) {
        var results = new LinkedHashMap<String, CreatedTopic>();
        var repeated = repeated(command.topics().stream().map(NewTopic::name).toList());
        boolean tooMany = partitionsOf(command.topics()) > MAX_PARTITIONS_PER_COMMAND;
        for (int i = 0; i < command.topics().size(); i++) {
            var topic = command.topics().get(i);
            if (results.containsKey(topic.name())) continue;
            try {
                if (repeated.contains(topic.name())) throw new Refusal(INVALID_REQUEST, "Duplicate topic name.");
                if (topic.name().equals(TopicRules.CLUSTER_METADATA)) {
                    throw new Refusal(INVALID_REQUEST, "Creation of internal topic __cluster_metadata is prohibited.");
                }
                if (tooMany) {
                    throw new Refusal(POLICY_VIOLATION, "Excessively large number of partitions per request.");
                }
                var placed = check(topic, command.seed() + i);
                charge(command.permits(), placed.size(), now);
                results.put(topic.name(), create(topic, command.ids().get(i), placed, records));
            } catch (Refusal refusal) {
                results.put(topic.name(), CreatedTopic.refused(topic.name(), refusal.result()));
            }
        }
        return List.copyOf(results.values());
    }

    /** The replicas of the topic's partitions, if nothing speaks against it. */
    private List<List<Integer>> check(NewTopic topic, long seed) throws Refusal {
        checkName(topic.name());
        checkConfigs(topic);
        var placed = topic.assignments().isEmpty() ? place(topic, seed) : assign(topic);
        askPolicy(topic, placed);
        return placed;
    }

    private static void charge(MutationPermits permits, int partitions, Moment now) throws Refusal {
        if (!permits.take(partitions, now)) {
            throw new Refusal(THROTTLING_QUOTA_EXCEEDED, THROTTLING_QUOTA_EXCEEDED.text());
        }
    }

    private CreatedTopic create(NewTopic topic, Uuid id, List<List<Integer>> placed, List<Message> records) {
        int replicationFactor = placed.get(0).size();
        var created = new ArrayList<Message>();
        created.add(new TopicRecord().setName(topic.name()).setTopicId(id));
        topic.configs()
                .forEach((name, value) -> created.add(new ConfigRecord()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName(topic.name())
                        .setName(name)
                        .setValue(value)));
        for (int i = 0; i < placed.size(); i++) {
            created.add(partitions.of(id, i, placed.get(i)));
        }
        records.addAll(created);
        return new CreatedTopic(topic.name(), Result.OK, id, placed.size(), (short) replicationFactor);
    }

    /** What was not asked for goes to the policy as it will be, what was, as it was. */
    private void askPolicy(NewTopic topic, List<List<Integer>> placed) throws Refusal {
        var configs = new TreeMap<String, String>();
        topic.configs().forEach((name, value) -> {
            if (value != null) configs.put(name, value);
        });
        var assignments = new TreeMap<Integer, List<Integer>>();
        for (int i = 0; i < placed.size(); i++) assignments.put(i, placed.get(i));
        var refusal = checks.policies()
                .refusalOf(
                        topic.assignments().isEmpty()
                                ? new Policies.Wish(
                                        topic.name(),
                                        placed.size(),
                                        (short) placed.get(0).size(),
                                        null,
                                        configs)
                                : new Policies.Wish(topic.name(), null, null, assignments, configs));
        if (refusal != null) throw new Refusal(refusal.error(), refusal.message());
    }

    private void checkName(String name) throws Refusal {
        if (image.topic(name) != null) {
            throw new Refusal(TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        if (TopicRules.mayCollide(name)) {
            var other = checks.collisions().apply(name);
            if (other != null) {
                throw new Refusal(
                        INVALID_TOPIC_EXCEPTION, "Topic '" + name + "' collides with existing topic: " + other);
            }
        }
        var refusal = TopicRules.refusalOf(name);
        if (refusal != null) throw new Refusal(INVALID_TOPIC_EXCEPTION, refusal);
    }

    private void checkConfigs(NewTopic topic) throws Refusal {
        var nulls = new ArrayList<String>();
        var overrides = new TreeMap<String, String>();
        topic.configs().forEach((name, value) -> {
            if (value == null) {
                nulls.add(name);
            } else {
                overrides.put(name, value);
            }
        });
        if (!nulls.isEmpty()) {
            throw new Refusal(INVALID_CONFIG, "Null value not supported for topic configs: " + String.join(",", nulls));
        }
        if (overrides.isEmpty()) return;
        ConfigDecisions.checkSizes(overrides.values());
        var result = checks.rules().check(ConfigResource.topic(topic.name()), overrides, Map.of());
        if (!result.isOk()) {
            throw new Refusal(
                    result.error(),
                    Objects.requireNonNullElse(result.message(), result.error().text()));
        }
        var refusal = checks.policies().refusalOf(ConfigResource.topic(topic.name()), new LinkedHashMap<>(overrides));
        if (refusal != null) throw new Refusal(refusal.error(), refusal.message());
    }

    private List<List<Integer>> place(NewTopic topic, long seed) throws Refusal {
        if (topic.replicationFactor() < -1 || topic.replicationFactor() == 0) {
            throw new Refusal(
                    INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.partitionCount() < -1 || topic.partitionCount() == 0) {
            throw new Refusal(INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        int count =
                topic.partitionCount() == NewTopic.DEFAULT ? settings.defaultPartitionCount() : topic.partitionCount();
        short factor = topic.replicationFactor() == NewTopic.DEFAULT
                ? settings.defaultReplicationFactor()
                : topic.replicationFactor();
        try {
            var placed = new ReplicaPlacer(image.brokers(), seed).place(0, count, factor);
            for (var replicas : placed) partitions.requireActive(replicas);
            return placed;
        } catch (Refusal refusal) {
            throw unableToReplicate(factor, refusal);
        }
    }

    private List<List<Integer>> assign(NewTopic topic) throws Refusal {
        if (topic.replicationFactor() != -1) {
            throw new Refusal(
                    INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.partitionCount() != -1) {
            throw new Refusal(
                    INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        var assigned = new TreeMap<Integer, List<Integer>>();
        int factor = 0;
        for (var assignment : topic.assignments()) {
            if (assigned.containsKey(assignment.partition())) {
                throw new Refusal(
                        INVALID_REPLICA_ASSIGNMENT,
                        "Found multiple manual partition assignments for partition " + assignment.partition());
            }
            checkAssignment(assignment.brokers(), factor);
            factor = assignment.brokers().size();
            checkSomeActive(assignment.partition(), assignment.brokers());
            assigned.put(assignment.partition(), assignment.brokers());
        }
        for (int i = 0; i < assigned.size(); i++) {
            if (!assigned.containsKey(i)) {
                throw new Refusal(
                        INVALID_REPLICA_ASSIGNMENT, "partitions should be a consecutive 0-based integer sequence");
            }
        }
        return List.copyOf(assigned.values());
    }

    /** Decides about every topic on its own, adding the records of the good ones to {@code records}. */
    Map<String, Result> grow(CreatePartitions command, Moment now, List<Message> records) {
        var results = new LinkedHashMap<String, Result>();
        var repeated =
                repeated(command.topics().stream().map(NewPartitions::topic).toList());
        boolean tooMany = additionalPartitionsOf(command.topics()) > MAX_PARTITIONS_PER_COMMAND;
        for (var wish : command.topics()) {
            if (results.containsKey(wish.topic())) continue;
            try {
                if (repeated.contains(wish.topic())) throw new Refusal(INVALID_REQUEST, "Duplicate topic name.");
                if (tooMany) {
                    throw new Refusal(
                            POLICY_VIOLATION, "Excessively large number of additional partitions per request.");
                }
                grow(wish, command, now, records);
                results.put(wish.topic(), Result.OK);
            } catch (Refusal refusal) {
                results.put(wish.topic(), refusal.result());
            }
        }
        return results;
    }

    private void grow(NewPartitions wish, CreatePartitions command, Moment now, List<Message> records) throws Refusal {
        var topic = image.topic(wish.topic());
        if (topic == null) throw new Refusal(UNKNOWN_TOPIC_OR_PARTITION, null);
        int present = topic.partitionCount();
        if (wish.count() == present) {
            throw new Refusal(INVALID_PARTITIONS, "Topic already has " + present + " partition(s).");
        }
        if (wish.count() < present) {
            throw new Refusal(
                    INVALID_PARTITIONS,
                    "The topic " + wish.topic() + " currently has " + present + " partition(s); " + wish.count()
                            + " would not be an increase.");
        }
        int additional = wish.count() - present;
        if (wish.assignments() != null && wish.assignments().size() != additional) {
            throw new Refusal(
                    INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add " + additional + " additional partition(s), but only "
                            + wish.assignments().size() + " assignment(s) were specified.");
        }
        charge(command.permits(), additional, now);
        int factor = topic.partitions().get(0).replicas().size();
        var placed = wish.assignments() == null
                ? new ReplicaPlacer(image.brokers(), command.seed()).place(present, additional, factor)
                : assigned(wish.assignments(), present, factor);
        var created = new ArrayList<Message>();
        for (int i = 0; i < placed.size(); i++) {
            try {
                partitions.requireActive(placed.get(i));
            } catch (Refusal refusal) {
                throw unableToReplicate(factor, refusal);
            }
            created.add(partitions.of(topic.id(), present + i, placed.get(i)));
        }
        records.addAll(created);
    }

    private List<List<Integer>> assigned(List<List<Integer>> assignments, int first, int factor) throws Refusal {
        for (int i = 0; i < assignments.size(); i++) {
            checkAssignment(assignments.get(i), factor);
            checkSomeActive(first + i, assignments.get(i));
        }
        return assignments;
    }

    /** @param factor how many replicas the partitions before this one have, 0 if this is the first */
    void checkAssignment(List<Integer> brokers, int factor) throws Refusal {
        if (brokers.isEmpty()) {
            throw new Refusal(
                    INVALID_REPLICA_ASSIGNMENT, "The manual partition assignment includes an empty replica list.");
        }
        var seen = new HashSet<Integer>();
        for (var broker : brokers.stream().sorted().toList()) {
            if (image.broker(broker) == null) {
                throw new Refusal(
                        INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment includes broker " + broker
                                + ", but no such broker is registered.");
            }
            if (!seen.add(broker)) {
                throw new Refusal(
                        INVALID_REPLICA_ASSIGNMENT,
                        "The manual partition assignment includes the broker " + broker + " more than once.");
            }
        }
        if (factor != 0 && brokers.size() != factor) {
            throw new Refusal(
                    INVALID_REPLICA_ASSIGNMENT,
                    "The manual partition assignment includes a partition with " + brokers.size()
                            + " replica(s), but this is not consistent with previous partitions, which have " + factor
                            + " replica(s).");
        }
    }

    private void checkSomeActive(int partition, List<Integer> brokers) throws Refusal {
        if (partitions.active(brokers).isEmpty()) {
            throw new Refusal(
                    INVALID_REPLICA_ASSIGNMENT,
                    "All brokers specified in the manual partition assignment for partition " + partition
                            + " are fenced or in controlled shutdown.");
        }
    }

    /** Decides about every id on its own, adding the records of the good ones to {@code records}. */
    Map<Uuid, Result> delete(DeleteTopics command, Moment now, List<Message> records) {
        var results = new LinkedHashMap<Uuid, Result>();
        for (var id : new LinkedHashSet<>(command.topics())) {
            var topic = image.topic(id);
            if (topic == null) {
                results.put(id, Result.refused(UNKNOWN_TOPIC_ID));
                continue;
            }
            try {
                charge(command.permits(), topic.partitionCount(), now);
                records.add(new RemoveTopicRecord().setTopicId(id));
                results.put(id, Result.OK);
            } catch (Refusal refusal) {
                results.put(id, refusal.result());
            }
        }
        return results;
    }

    private static Refusal unableToReplicate(int factor, Refusal why) {
        return new Refusal(
                INVALID_REPLICATION_FACTOR,
                "Unable to replicate the partition " + factor + " time(s): " + why.getMessage());
    }

    private long partitionsOf(List<NewTopic> topics) {
        long sum = 0;
        for (var topic : topics) {
            if (!topic.assignments().isEmpty()) {
                sum += topic.assignments().size();
            } else if (topic.partitionCount() == NewTopic.DEFAULT) {
                sum += settings.defaultPartitionCount();
            } else {
                sum += Math.max(0, topic.partitionCount());
            }
        }
        return sum;
    }

    private long additionalPartitionsOf(List<NewPartitions> wishes) {
        long sum = 0;
        for (var wish : wishes) {
            var topic = image.topic(wish.topic());
            if (topic != null) sum += Math.max(0, wish.count() - topic.partitionCount());
        }
        return sum;
    }

    private static Set<String> repeated(List<String> names) {
        var seen = new HashSet<String>();
        var repeated = new HashSet<String>();
        for (var name : names) {
            if (!seen.add(name)) repeated.add(name);
        }
        return repeated;
    }
}
