package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterPartitionReassignmentsOptions;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedByAuthenticationException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator asks of one broker, with the stock Admin client. */
class AdministrationTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    private EmbeddedBroker broker;
    private Admin admin;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder()
                .dataDirectory(directory)
                .topic("orders", 1)
                .build()
                .start();
        admin = Admin.create(broker.clientProperties());
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void credentialsAreKeptCheckedAndTold() throws Exception {
        var sha256 = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4_096);
        var sha512 = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8_192);
        admin.alterUserScramCredentials(List.of(
                        new UserScramCredentialUpsertion("alice", sha256, "secret"),
                        new UserScramCredentialUpsertion("bob", sha512, "secret")))
                .all()
                .get();
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("alice", sha512, "secret")))
                .all()
                .get();
        assertRefused(alter(new UserScramCredentialUpsertion("c", iterations(4_095), "x")), "Too few iterations");
        assertRefused(alter(new UserScramCredentialUpsertion("c", iterations(16_385), "x")), "Too many iterations");
        assertRefused(
                alter(new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_256)),
                "Attempt to delete a user credential that does not exist");
        alter(new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_512))
                .get();
        restart();
        var described = admin.describeUserScramCredentials().all().get();
        assertThat(described).containsOnlyKeys("alice");
        assertThat(described.get("alice").credentialInfos()).containsExactlyInAnyOrder(sha256, sha512);
        assertRefused(
                admin.describeUserScramCredentials(List.of("bob")).description("bob"),
                "Attempt to describe a user credential that does not exist: bob");
    }

    private KafkaFuture<Void> alter(UserScramCredentialAlteration alteration) {
        return admin.alterUserScramCredentials(List.of(alteration)).all();
    }

    private static ScramCredentialInfo iterations(int count) {
        return new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, count);
    }

    private static void assertRefused(KafkaFuture<?> answer, String message) {
        assertThatThrownBy(answer::get).cause().hasMessage(message);
    }

    private void restart() {
        stop();
        start();
    }

    @Test
    void strangersGetNoTokens() {
        assertThatThrownBy(() -> admin.createDelegationToken().delegationToken().get())
                .hasCauseInstanceOf(UnsupportedByAuthenticationException.class);
        assertThatThrownBy(
                        () -> admin.describeDelegationToken().delegationTokens().get())
                .hasCauseInstanceOf(UnsupportedByAuthenticationException.class);
    }

    @Test
    void theQuorumDoesNotChange() {
        var voter = org.apache.kafka.common.Uuid.randomUuid();
        assertRefused(
                admin.addRaftVoter(5, voter, Set.of(new RaftVoterEndpoint("CONTROLLER", "localhost", 1)))
                        .all(),
                "Cluster doesn't support adding voter because the kraft.version feature is 0");
        assertRefused(
                admin.removeRaftVoter(0, voter).all(),
                "Cluster doesn't support removing voter because the kraft.version feature is 0");
    }

    @Test
    void aBrokerThatIsUnregisteredIsBackAfterItsNextStart() throws Exception {
        assertRefused(admin.unregisterBroker(77).all(), "Broker ID 77 is not currently registered");
        admin.unregisterBroker(0).all().get();
        restart();
        assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        assertThat(admin.describeTopics(List.of("orders"))
                        .allTopicNames()
                        .get()
                        .get("orders")
                        .partitions()
                        .get(0)
                        .leader()
                        .id())
                .isZero();
    }

    @Test
    void withoutAnAuthorizerThereAreNoAcls() {
        var acl = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                new AccessControlEntry("User:a", "*", AclOperation.READ, AclPermissionType.ALLOW));
        assertRefused(admin.describeAcls(AclBindingFilter.ANY).values(), SecurityDisabledException.class)
                .hasMessage("No Authorizer is configured on the broker");
        assertRefused(admin.createAcls(List.of(acl)).all(), SecurityDisabledException.class)
                .hasMessage("No Authorizer is configured.");
        assertRefused(admin.deleteAcls(List.of(acl.toFilter())).all(), SecurityDisabledException.class)
                .hasMessage("No Authorizer is configured.");
    }

    @Test
    void theOnlyReplicaLeadsAlready() throws Exception {
        var results = admin.electLeaders(ElectionType.PREFERRED, Set.of(ORDERS, new TopicPartition("none", 3)))
                .partitions()
                .get();
        assertThat(results.get(ORDERS)).get().isInstanceOf(ElectionNotNeededException.class);
        assertThat(results.get(new TopicPartition("none", 3)))
                .get()
                .isInstanceOf(UnknownTopicOrPartitionException.class)
                .extracting(Throwable::getMessage)
                .isEqualTo("No such topic as none");
        assertThat(admin.electLeaders(ElectionType.UNCLEAN, Set.of(ORDERS))
                        .partitions()
                        .get()
                        .get(ORDERS))
                .get()
                .isInstanceOf(ElectionNotNeededException.class);
        assertThat(admin.electLeaders(ElectionType.PREFERRED, null).partitions().get())
                .isEmpty();
    }

    @Test
    void replicasCannotGoWhereNoBrokerIs() throws Exception {
        reassign(new NewPartitionReassignment(List.of(0)), true).get();
        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
        assertRefused(
                        reassign(new NewPartitionReassignment(List.of(0, 7)), true),
                        InvalidReplicaAssignmentException.class)
                .hasMessage("The manual partition assignment includes broker 7, but no such broker is registered.");
        assertRefused(
                reassign(new NewPartitionReassignment(List.of(0, 0)), true), InvalidReplicaAssignmentException.class);
        assertRefused(
                        admin.alterPartitionReassignments(Map.of(ORDERS, Optional.<NewPartitionReassignment>empty()))
                                .all(),
                        NoReassignmentInProgressException.class)
                .isNotNull();
    }

    private KafkaFuture<Void> reassign(NewPartitionReassignment wanted, boolean otherCounts) {
        return admin.alterPartitionReassignments(
                        Map.of(ORDERS, Optional.of(wanted)),
                        new AlterPartitionReassignmentsOptions().allowReplicationFactorChange(otherCounts))
                .all();
    }

    @Test
    void quotasAreKeptAndToldAlsoAfterARestart() throws Exception {
        var alice = new ClientQuotaEntity(Map.of("user", "alice"));
        var anybody = new HashMap<String, String>();
        anybody.put("client-id", null);
        var defaultClient = new ClientQuotaEntity(anybody);
        alter(alice, new ClientQuotaAlteration.Op("producer_byte_rate", 1000.0)).get();
        alter(defaultClient, new ClientQuotaAlteration.Op("request_percentage", 12.5))
                .get();
        assertRefused(
                        alter(alice, new ClientQuotaAlteration.Op("producer_byte_rate", 0.5)),
                        InvalidRequestException.class)
                .hasMessage("producer_byte_rate cannot be a fractional value.");
        assertRefused(alter(alice, new ClientQuotaAlteration.Op("colour", 1.0)), InvalidRequestException.class)
                .hasMessage("Invalid configuration key colour");
        assertRefused(
                        alter(
                                new ClientQuotaEntity(Map.of("ip", "somewhere", "user", "x")),
                                new ClientQuotaAlteration.Op("connection_creation_rate", 1.0)),
                        InvalidRequestException.class)
                .hasMessageContaining("Invalid quota entity combination");

        broker.stopBroker(0);
        broker.startBroker(0);
        assertThat(described(ClientQuotaFilter.all()))
                .isEqualTo(Map.of(
                        alice, Map.of("producer_byte_rate", 1000.0),
                        defaultClient, Map.of("request_percentage", 12.5)));
        assertThat(described(
                        ClientQuotaFilter.containsOnly(List.of(ClientQuotaFilterComponent.ofEntity("user", "alice")))))
                .containsOnlyKeys(alice);
        assertThat(described(
                        ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofDefaultEntity("client-id")))))
                .containsOnlyKeys(defaultClient);
        alter(alice, new ClientQuotaAlteration.Op("producer_byte_rate", null)).get();
        assertThat(described(ClientQuotaFilter.all())).containsOnlyKeys(defaultClient);
    }

    private KafkaFuture<Void> alter(ClientQuotaEntity entity, ClientQuotaAlteration.Op op) {
        return admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(op))))
                .all();
    }

    private Map<ClientQuotaEntity, Map<String, Double>> described(ClientQuotaFilter filter) throws Exception {
        return admin.describeClientQuotas(filter).entities().get();
    }

    @Test
    void theQuorumIsThisNode() throws Exception {
        var quorum = admin.describeMetadataQuorum().quorumInfo().get();
        assertThat(quorum.leaderId()).isZero();
        assertThat(quorum.leaderEpoch()).isPositive();
        assertThat(quorum.observers()).isEmpty();
        assertThat(quorum.voters()).singleElement().satisfies(voter -> {
            assertThat(voter.replicaId()).isZero();
            assertThat(voter.logEndOffset()).isEqualTo(quorum.highWatermark()).isPositive();
        });
    }

    @Test
    void featuresAreFinalizedAndKept() throws Exception {
        var off = Map.of("share.version", new FeatureUpdate((short) 0, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE));
        admin.updateFeatures(off, new UpdateFeaturesOptions().validateOnly(true))
                .all()
                .get();
        assertThat(finalized()).contains("share.version");
        admin.updateFeatures(off, new UpdateFeaturesOptions()).all().get();
        assertThat(finalized()).doesNotContain("share.version");
        var unknown = Map.of("colour.version", new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE));
        assertRefused(
                admin.updateFeatures(unknown, new UpdateFeaturesOptions()).all(), InvalidUpdateVersionException.class);
        broker.stopBroker(0);
        broker.startBroker(0);
        assertThat(finalized()).doesNotContain("share.version");
    }

    private Set<String> finalized() throws Exception {
        return admin.describeFeatures()
                .featureMetadata()
                .get()
                .finalizedFeatures()
                .keySet();
    }

    @Test
    void aNewClusterStartsWithTheFeaturesOfTheSettings() throws Exception {
        try (var old = EmbeddedBroker.builder()
                        .config("feature.metadata.version", "3.9")
                        .topic("t", 1)
                        .build()
                        .start();
                var adminOfOld = Admin.create(old.clientProperties())) {
            var features = adminOfOld.describeFeatures().featureMetadata().get().finalizedFeatures();
            assertThat(features).containsOnlyKeys("metadata.version");
            assertThat(features.get("metadata.version").maxVersionLevel()).isEqualTo((short) 21);
            adminOfOld
                    .updateFeatures(
                            Map.of(
                                    "metadata.version",
                                    new FeatureUpdate((short) 33, FeatureUpdate.UpgradeType.UPGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();
        }
        assertThatThrownBy(() -> EmbeddedBroker.builder()
                        .config("feature.group.version", "9")
                        .build()
                        .start())
                .hasMessage("group.version is 9 (expected: 0 to 1)");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
            KafkaFuture<?> answer, Class<? extends Exception> type) {
        return assertThatThrownBy(answer::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(type);
    }
}
