package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.metadata.NewTopic.Assignment;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words and codes are those Apache Kafka 4.4.0 gave to the same requests. */
class ControllerTest {

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.started(directory, 1);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aTopicHasItsLeaderInTheFirstImage() {
        var created = node.create("orders", 3, Map.of("retention.ms", "1000"));
        assertThat(created.result()).isEqualTo(Result.OK);
        assertThat(created.partitionCount()).isEqualTo(3);
        assertThat(created.replicationFactor()).isEqualTo((short) 1);
        var topic = node.image().topic("orders");
        assertThat(topic).isSameAs(node.image().topic(created.id()));
        assertThat(topic.partitions()).allSatisfy(partition -> {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.leaderEpoch()).isZero();
            assertThat(partition.isr()).containsExactly(1);
            assertThat(partition.directoryOf(1)).isEqualTo(TestNode.LOG_DIR);
        });
        assertThat(node.image().configs(ConfigResource.topic("orders"))).containsEntry("retention.ms", "1000");
        assertThat(node.deltas.get(node.deltas.size() - 1).createdTopics()).containsExactly(topic);
    }

    @Test
    void defaultsFillPartitionsAndReplicationFactor() {
        var created = node.create(NewTopic.of("d", -1));
        assertThat(created.partitionCount()).isEqualTo(1);
        assertThat(created.replicationFactor()).isEqualTo((short) 1);
    }

    @Test
    void countsAreRefusedInKafkasWords() {
        assertRefused(
                new NewTopic("x", 3, (short) 3, List.of(), Map.of()),
                ErrorCode.INVALID_REPLICATION_FACTOR,
                "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached"
                        + " because only 1 broker(s) are registered or some brokers have all their log directories"
                        + " cordoned.");
        assertRefused(
                new NewTopic("x", 0, (short) 1, List.of(), Map.of()),
                ErrorCode.INVALID_PARTITIONS,
                "Number of partitions was set to an invalid non-positive value.");
        assertRefused(
                new NewTopic("x", 1, (short) 0, List.of(), Map.of()),
                ErrorCode.INVALID_REPLICATION_FACTOR,
                "Replication factor must be larger than 0, or -1 to use the default value.");
        assertRefused(
                new NewTopic("x", 20_000, (short) 1, List.of(), Map.of()),
                ErrorCode.POLICY_VIOLATION,
                "Excessively large number of partitions per request.");
    }

    @Test
    void namesAreRefusedInKafkasWords() {
        node.create("a.b", 1);
        assertRefused(NewTopic.of("a.b", 1), ErrorCode.TOPIC_ALREADY_EXISTS, "Topic 'a.b' already exists.");
        assertRefused(
                NewTopic.of("a_b", 1),
                ErrorCode.INVALID_TOPIC_EXCEPTION,
                "Topic 'a_b' collides with existing topic: a.b");
        assertRefused(
                NewTopic.of("..", 1), ErrorCode.INVALID_TOPIC_EXCEPTION, "Topic name is invalid: '..' is not allowed");
        assertRefused(
                NewTopic.of("__cluster_metadata", 1),
                ErrorCode.INVALID_REQUEST,
                "Creation of internal topic __cluster_metadata is prohibited.");
        var twice = node.get(node.controller.createTopics(
                List.of(NewTopic.of("t", 1), NewTopic.of("u", 1), NewTopic.of("t", 1)), false));
        assertThat(twice).extracting(CreatedTopic::name).containsExactly("t", "u");
        assertThat(twice.get(0).result()).isEqualTo(Result.refused(ErrorCode.INVALID_REQUEST, "Duplicate topic name."));
        assertThat(twice.get(1).result()).isEqualTo(Result.OK);
    }

    @Test
    void aNameMayBeUsedAgainOnceItsTopicIsGone() {
        var first = node.create("a.b", 1, Map.of("retention.ms", "5"));
        assertThat(node.get(node.controller.deleteTopics(List.of(first.id())))).containsEntry(first.id(), Result.OK);
        assertThat(node.create("a_b", 2).result()).isEqualTo(Result.OK);
        assertThat(node.image().configs(ConfigResource.topic("a.b"))).isEmpty();
        assertThat(node.image().partitionCount()).isEqualTo(2);
    }

    @Test
    void assignmentsAreRefusedInKafkasWords() {
        assertAssignmentRefused("The manual partition assignment includes the broker 1 more than once.", at(0, 1, 1));
        assertAssignmentRefused(
                "The manual partition assignment includes broker 7, but no such broker is registered.", at(0, 7));
        assertAssignmentRefused("partitions should be a consecutive 0-based integer sequence", at(1, 1));
        assertAssignmentRefused("The manual partition assignment includes an empty replica list.", at(0));
        assertAssignmentRefused(
                "The manual partition assignment includes broker 2, but no such broker is registered.",
                at(0, 1),
                at(1, 1, 2));
        assertThat(node.create(new NewTopic("m", -1, (short) -1, List.of(at(1, 1), at(0, 1)), Map.of()))
                        .partitionCount())
                .isEqualTo(2);
    }

    @Test
    void settingsAreRefusedAndNothingIsCreated() {
        var configs = new HashMap<String, String>();
        configs.put("retention.ms", null);
        assertRefused(
                new NewTopic("n", 1, (short) 1, List.of(), configs),
                ErrorCode.INVALID_CONFIG,
                "Null value not supported for topic configs: retention.ms");
        assertThat(node.image().topicCount()).isZero();
    }

    @Test
    void validatingCreatesNothing() {
        var created = node.get(node.controller.createTopics(List.of(NewTopic.of("v", 4)), true));
        assertThat(created.get(0).partitionCount()).isEqualTo(4);
        assertThat(node.image().topic("v")).isNull();
    }

    @Test
    void topicsGrowOnlyUpwards() {
        node.create("t1", 2);
        assertGrowth(
                new NewPartitions("t1", 2, null), ErrorCode.INVALID_PARTITIONS, "Topic already has 2 partition(s).");
        assertGrowth(
                new NewPartitions("t1", 1, null),
                ErrorCode.INVALID_PARTITIONS,
                "The topic t1 currently has 2 partition(s); 1 would not be an increase.");
        assertGrowth(
                new NewPartitions("t1", 4, List.of(List.of(1))),
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.");
        assertGrowth(
                new NewPartitions("t1", 3, List.of(List.of(9))),
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                "The manual partition assignment includes broker 9, but no such broker is registered.");
        assertGrowth(
                new NewPartitions("t1", 20_000, null),
                ErrorCode.POLICY_VIOLATION,
                "Excessively large number of additional partitions per request.");
        assertGrowth(new NewPartitions("none", 3, null), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        assertThat(grow(new NewPartitions("t1", 5, null))).isEqualTo(Result.OK);
        assertThat(node.image().topic("t1").partitions())
                .extracting(PartitionImage::index)
                .containsExactly(0, 1, 2, 3, 4);
        var change = node.deltas.get(node.deltas.size() - 1).changedTopics().get(0);
        assertThat(change.before().partitionCount()).isEqualTo(2);
        assertThat(change.after().partitionCount()).isEqualTo(5);
    }

    @Test
    void anUnknownIdIsNotDeleted() {
        var id = new Uuid(9, 9);
        assertThat(node.get(node.controller.deleteTopics(List.of(id))).get(id).error())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void settingsChangeStepByStepOrAtOnce() {
        node.create("c", 1, Map.of("a", "1", "b", "2"));
        var topic = ConfigResource.topic("c");
        var steps = List.of(
                new ConfigChange("a", ConfigChange.Op.DELETE, null), new ConfigChange("d", ConfigChange.Op.SET, "4"));
        assertThat(node.get(node.controller.incrementalAlterConfigs(Map.of(topic, steps), false)))
                .containsEntry(topic, Result.OK);
        assertThat(node.image().configs(topic)).containsOnly(Map.entry("b", "2"), Map.entry("d", "4"));
        node.get(node.controller.alterConfigs(Map.of(topic, Map.of("e", "5")), false));
        assertThat(node.image().configs(topic)).containsOnly(Map.entry("e", "5"));
        var missing = ConfigResource.topic("none");
        assertThat(node.get(node.controller.alterConfigs(Map.of(missing, Map.of("e", "5")), false)))
                .containsEntry(
                        missing,
                        Result.refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic 'none' does not exist."));
        assertThat(node.get(node.controller.alterConfigs(Map.of(ConfigResource.everyBroker(), Map.of()), false)))
                .containsEntry(
                        ConfigResource.everyBroker(),
                        Result.refused(
                                ErrorCode.INVALID_CONFIG,
                                "Cluster-level min.insync.replicas cannot be removed while ELR is enabled."));
    }

    @Test
    void producerIdsComeInBlocksAndEachOnce() {
        assertThat(node.get(node.controller.allocateProducerIds())).isEqualTo(new ProducerIdBlock(0, 1000));
        assertThat(node.get(node.controller.allocateProducerIds())).isEqualTo(new ProducerIdBlock(1000, 1000));
        var ids = new ProducerIds(node.controller);
        for (long expected = 2000; expected < 4100; expected++) {
            assertThat(node.get(ids.next())).isEqualTo(expected);
        }
    }

    @Test
    void featuresMoveWithinWhatIsSupported() {
        assertThat(update("transaction.version", 0, FeatureChange.Direction.UPGRADE)
                        .message())
                .contains("Can't downgrade the version of this feature without setting the upgrade type");
        assertThat(update("transaction.version", 0, FeatureChange.Direction.SAFE_DOWNGRADE))
                .isEqualTo(Result.OK);
        assertThat(node.image().features()).doesNotContainKey("transaction.version");
        assertThat(update("transaction.version", 9, FeatureChange.Direction.UPGRADE)
                        .error())
                .isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("metadata.version", 30, FeatureChange.Direction.SAFE_DOWNGRADE)
                        .message())
                .contains("might delete metadata information");
    }

    @Test
    void featuresAreRefusedInKafkasWords() {
        assertThat(update("colour.version", 1, FeatureChange.Direction.UPGRADE))
                .isEqualTo(Result.refused(
                        ErrorCode.INVALID_UPDATE_VERSION,
                        "Invalid update version 1 for feature colour.version. Local controller 1 does not support this"
                                + " feature."));
        assertThat(update("metadata.version", 34, FeatureChange.Direction.UPGRADE)
                        .message())
                .endsWith("Local controller 1 only supports versions 7-33");
        assertThat(update("metadata.version", 32, FeatureChange.Direction.UNSAFE_DOWNGRADE)
                        .message())
                .isEqualTo("Unsupported metadata.version downgrade from 33 to 32. Unsafe metadata downgrade is"
                        + " not supported in this version.");
        assertThat(update("group.version", 1, null).message()).contains("does not support the given upgrade type");
        assertThat(update("kraft.version", 1, FeatureChange.Direction.UPGRADE).error())
                .isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("kraft.version", 0, FeatureChange.Direction.UPGRADE)).isEqualTo(Result.OK);
    }

    @Test
    void aValidationChangesNothing() {
        var off = new FeatureChange("group.version", (short) 0, FeatureChange.Direction.SAFE_DOWNGRADE);
        assertThat(node.get(node.controller.updateFeatures(List.of(off), true))).isEqualTo(Result.OK);
        assertThat(node.image().feature("group.version")).isEqualTo((short) 1);
    }

    @Test
    void aNewClusterOfAnOldVersionHasWhatCameWithIt() {
        assertThat(Features.ofNewCluster(Map.of("metadata.version", (short) 24)))
                .containsOnly(
                        Map.entry("metadata.version", (short) 24),
                        Map.entry("group.version", (short) 1),
                        Map.entry("transaction.version", (short) 2));
        assertThatThrownBy(() -> Features.ofNewCluster(
                        Map.of("metadata.version", (short) 7, "eligible.leader.replicas.version", (short) 1)))
                .hasMessage(
                        "eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version"
                                + " level 23");
        assertThat(MetadataVersions.levelOf("3.9-IV0")).isEqualTo((short) 21);
        assertThat(MetadataVersions.levelOf("4.4")).isEqualTo((short) 33);
    }

    @Test
    void eligibleLeadersBringOneMinIsrForAllBrokers() {
        update("eligible.leader.replicas.version", 0, FeatureChange.Direction.SAFE_DOWNGRADE);
        var ofOne = ConfigResource.broker(1);
        node.get(node.controller.alterConfigs(Map.of(ofOne, Map.of("min.insync.replicas", "1")), false));
        update("eligible.leader.replicas.version", 1, FeatureChange.Direction.UPGRADE);
        assertThat(node.image().configs(ofOne)).isEmpty();
        assertThat(node.image().configs(ConfigResource.everyBroker())).containsEntry("min.insync.replicas", "1");
    }

    @Test
    void aNewClusterHasKafkasFeatures() {
        assertThat(node.image().features())
                .containsOnly(
                        Map.entry("metadata.version", (short) 33),
                        Map.entry("eligible.leader.replicas.version", (short) 1),
                        Map.entry("group.version", (short) 1),
                        Map.entry("share.version", (short) 2),
                        Map.entry("streams.version", (short) 1),
                        Map.entry("transaction.version", (short) 2));
        assertThat(node.image().configs(ConfigResource.everyBroker())).containsEntry("min.insync.replicas", "1");
    }

    private Result update(String feature, int level, FeatureChange.Direction direction) {
        return node.get(
                node.controller.updateFeatures(List.of(new FeatureChange(feature, (short) level, direction)), false));
    }

    private static Assignment at(int partition, Integer... brokers) {
        return new Assignment(partition, Arrays.asList(brokers));
    }

    private void assertAssignmentRefused(String message, Assignment... assignments) {
        assertRefused(
                new NewTopic("x", -1, (short) -1, List.of(assignments), Map.of()),
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                message);
    }

    private void assertRefused(NewTopic topic, ErrorCode code, String message) {
        var created = node.create(topic);
        assertThat(created.result()).isEqualTo(Result.refused(code, message));
        assertThat(created.partitionCount()).isEqualTo(-1);
    }

    private Result grow(NewPartitions wish) {
        return node.get(node.controller.createPartitions(List.of(wish), false)).get(wish.topic());
    }

    private void assertGrowth(NewPartitions wish, ErrorCode code, String message) {
        assertThat(grow(wish)).isEqualTo(Result.refused(code, message));
    }
}
