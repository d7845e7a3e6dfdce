package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a {@link ControllerHost}, as methods.
 *
 * <p><b>Owner:</b> none; any thread. Its randomness and its count of resets are used on loop 0 only.
 */
final class HostedController implements ControllerClient {

    private final ControllerHost host;
    private final int nodeId;
    private final RandomGenerator random;
    private int resets;

    HostedController(ControllerHost host, int nodeId, RandomGenerator random) {
        this.host = host;
        this.nodeId = nodeId;
        this.random = random;
    }

    @Override
    public CompletableFuture<List<CreatedTopic>> createTopics(
            List<NewTopic> topics, boolean validateOnly, MutationPermits permits) {
        var wanted = List.copyOf(topics);
        return host.submit(ticket -> new ControllerCommand.CreateTopics(
                ticket, wanted, newIds(wanted.size()), random.nextInt(Integer.MAX_VALUE), validateOnly, permits));
    }

    private List<Uuid> newIds(int count) {
        var ids = new ArrayList<Uuid>(count);
        for (int i = 0; i < count; i++) ids.add(Uuid.random(random));
        return ids;
    }

    @Override
    public CompletableFuture<Map<Uuid, Result>> deleteTopics(Collection<Uuid> topics, MutationPermits permits) {
        var ids = List.copyOf(topics);
        return host.submit(ticket -> new ControllerCommand.DeleteTopics(ticket, ids, permits));
    }

    @Override
    public CompletableFuture<Map<String, Result>> createPartitions(
            List<NewPartitions> topics, boolean validateOnly, MutationPermits permits) {
        var wanted = List.copyOf(topics);
        return host.submit(ticket -> new ControllerCommand.CreatePartitions(
                ticket, wanted, random.nextInt(Integer.MAX_VALUE), validateOnly, permits));
    }

    @Override
    public CompletableFuture<Map<ConfigResource, Result>> alterConfigs(
            Map<ConfigResource, Map<String, @Nullable String>> overrides, boolean validateOnly) {
        return host.submit(ticket -> new ControllerCommand.ReplaceConfigs(ticket, overrides, validateOnly));
    }

    @Override
    public CompletableFuture<Map<ConfigResource, Result>> incrementalAlterConfigs(
            Map<ConfigResource, List<ConfigChange>> changes, boolean validateOnly) {
        return host.submit(ticket -> new ControllerCommand.AlterConfigs(ticket, changes, validateOnly));
    }

    @Override
    public CompletableFuture<List<PartitionChoice.Outcome>> electLeaders(
            boolean unclean, @Nullable List<PartitionChoice> partitions) {
        return host.submit(ticket -> new ControllerCommand.ElectLeaders(ticket, unclean, partitions));
    }

    @Override
    public CompletableFuture<List<PartitionChoice.Outcome>> reassign(
            List<PartitionChoice> partitions, boolean otherCounts) {
        var wanted = List.copyOf(partitions);
        return host.submit(ticket -> new ControllerCommand.Reassign(ticket, wanted, otherCounts));
    }

    @Override
    public CompletableFuture<Map<QuotaEntity, Result>> alterQuotas(List<QuotaChange> changes, boolean validateOnly) {
        var wanted = List.copyOf(changes);
        return host.submit(ticket -> new ControllerCommand.AlterQuotas(ticket, wanted, validateOnly));
    }

    @Override
    public CompletableFuture<Map<String, Result>> alterScram(ScramChanges changes) {
        return host.submit(ticket -> new ControllerCommand.AlterScram(ticket, changes));
    }

    @Override
    public CompletableFuture<Result> assignDirectories(List<DirectoryAssignment> assignments) {
        return host.submit(ticket -> new ControllerCommand.AssignDirectories(ticket, nodeId, assignments));
    }

    @Override
    public CompletableFuture<Result> unregisterBroker(int id) {
        return host.submit(ticket -> new ControllerCommand.UnregisterBroker(ticket, id));
    }

    @Override
    public CompletableFuture<ProducerIdBlock> allocateProducerIds() {
        return host.submit(ticket -> new ControllerCommand.AllocateProducerIds(ticket, nodeId))
                .thenApply(answer -> {
                    if (answer instanceof ProducerIdBlock block) return block;
                    throw new ControllerUnavailable("no producer ids: " + answer);
                });
    }

    @Override
    public CompletableFuture<Result> updateFeatures(List<FeatureChange> changes, boolean validateOnly) {
        var wanted = List.copyOf(changes);
        return host.submit(ticket -> new ControllerCommand.UpdateFeatures(ticket, nodeId, wanted, validateOnly));
    }

    @Override
    public CompletableFuture<List<CreatedTopic>> reset(List<NewTopic> topics) {
        var wanted = List.copyOf(topics);
        return host.submit(ticket -> new ControllerCommand.Reset(
                ticket,
                new ControllerCommand.CreateTopics(
                        ticket,
                        wanted,
                        newIds(wanted.size()),
                        random.nextInt(Integer.MAX_VALUE),
                        false,
                        MutationPermits.UNLIMITED),
                host.beginning().features(),
                host.beginning().everyBroker(),
                ++resets));
    }
}
