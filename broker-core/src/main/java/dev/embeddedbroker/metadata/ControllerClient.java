package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way to change the cluster, from any thread.
 *
 * <p>A future completes on loop 0 once the change is in the log, its image is published and every {@link ImageListener}
 * was done with it: a topic that was created can be produced to. Refusals are part of the answer; a future fails only if
 * the log could not be written ({@link ControllerUnavailable}) or the broker stops.
 */
public interface ControllerClient {

    /** One answer per name, in the order of first mention. */
    CompletableFuture<List<CreatedTopic>> createTopics(
            List<NewTopic> topics, boolean validateOnly, MutationPermits permits);

    default CompletableFuture<List<CreatedTopic>> createTopics(List<NewTopic> topics, boolean validateOnly) {
        return createTopics(topics, validateOnly, MutationPermits.UNLIMITED);
    }

    CompletableFuture<Map<Uuid, Result>> deleteTopics(Collection<Uuid> topics, MutationPermits permits);

    default CompletableFuture<Map<Uuid, Result>> deleteTopics(Collection<Uuid> topics) {
        return deleteTopics(topics, MutationPermits.UNLIMITED);
    }

    /** One answer per topic's name. */
    CompletableFuture<Map<String, Result>> createPartitions(
            List<NewPartitions> topics, boolean validateOnly, MutationPermits permits);

    default CompletableFuture<Map<String, Result>> createPartitions(List<NewPartitions> topics, boolean validateOnly) {
        return createPartitions(topics, validateOnly, MutationPermits.UNLIMITED);
    }

    /** Replaces all the overrides of each resource (AlterConfigs). */
    CompletableFuture<Map<ConfigResource, Result>> alterConfigs(
            Map<ConfigResource, Map<String, @Nullable String>> overrides, boolean validateOnly);

    CompletableFuture<Map<ConfigResource, Result>> incrementalAlterConfigs(
            Map<ConfigResource, List<ConfigChange>> changes, boolean validateOnly);

    /**
     * Elects leaders (ElectLeaders).
     *
     * @param partitions null for all; those of all that need no election are left out of the answer
     */
    CompletableFuture<List<PartitionChoice.Outcome>> electLeaders(
            boolean unclean, @Nullable List<PartitionChoice> partitions);

    /**
     * Gives partitions other replicas (AlterPartitionReassignments).
     *
     * @param otherCounts whether a partition may get more or fewer replicas than it has
     */
    CompletableFuture<List<PartitionChoice.Outcome>> reassign(List<PartitionChoice> partitions, boolean otherCounts);

    CompletableFuture<Map<QuotaEntity, Result>> alterQuotas(List<QuotaChange> changes, boolean validateOnly);

    /** One answer per user. */
    CompletableFuture<Map<String, Result>> alterScram(ScramChanges changes);

    CompletableFuture<Result> unregisterBroker(int id);

    /** Says where the replicas of the broker that asks are (KIP-858). */
    CompletableFuture<Result> assignDirectories(List<DirectoryAssignment> assignments);

    CompletableFuture<ProducerIdBlock> allocateProducerIds();

    CompletableFuture<Result> updateFeatures(List<FeatureChange> changes, boolean validateOnly);

    /**
     * Makes the cluster one that has just begun: every topic is deleted, internal ones too, those given are made anew with
     * new ids, and settings, quotas, SCRAM users and features are those of the first start. Producer ids go on, so that no
     * two producers ever share one. All of it is one change: no image has a part of it.
     *
     * <p>One answer per name, in the order of first mention.
     */
    CompletableFuture<List<CreatedTopic>> reset(List<NewTopic> topics);
}
