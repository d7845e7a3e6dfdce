package dev.embeddedbroker.metadata;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.protocol.Uuid;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the controller can be asked; the type each one is answered with is in its description. */
sealed interface ControllerCommand {

    Ticket ticket();

    /**
     * The first command of a new cluster. Answer: {@link Result}.
     *
     * @param everyBroker the settings that hold for every broker from the start
     */
    record Bootstrap(Ticket ticket, Map<String, Short> features, Map<String, String> everyBroker)
            implements ControllerCommand {}

    /** A broker joins; it stays fenced until {@link UnfenceBroker}. Answer: its epoch, a {@link Long}. */
    record RegisterBroker(Ticket ticket, BrokerRegistration broker) implements ControllerCommand {}

    /** A broker is ready to lead. Answer: {@link Result}. */
    record UnfenceBroker(Ticket ticket, int broker) implements ControllerCommand {}

    /** A broker goes; what it leads it still leads, since nobody else could. Answer: {@link Result}. */
    record FenceBroker(Ticket ticket, int broker) implements ControllerCommand {}

    /**
     * Answer: a list with a {@link CreatedTopic} per name.
     *
     * @param ids an unused id for each of the topics
     * @param seed where the placing of replicas starts
     */
    record CreateTopics(
            Ticket ticket,
            List<NewTopic> topics,
            List<Uuid> ids,
            long seed,
            boolean validateOnly,
            MutationPermits permits)
            implements ControllerCommand {}

    /** Answer: a map with a {@link Result} per id. */
    record DeleteTopics(Ticket ticket, List<Uuid> topics, MutationPermits permits) implements ControllerCommand {}

    /** Answer: a map with a {@link Result} per topic's name. */
    record CreatePartitions(
            Ticket ticket, List<NewPartitions> topics, long seed, boolean validateOnly, MutationPermits permits)
            implements ControllerCommand {}

    /** Answer: a map with a {@link Result} per resource. */
    record AlterConfigs(Ticket ticket, Map<ConfigResource, List<ConfigChange>> changes, boolean validateOnly)
            implements ControllerCommand {}

    /** Sets all the overrides of resources at once. Answer: a map with a {@link Result} per resource. */
    record ReplaceConfigs(
            Ticket ticket, Map<ConfigResource, Map<String, @Nullable String>> overrides, boolean validateOnly)
            implements ControllerCommand {}

    /**
     * Answer: a list with a {@link PartitionChoice.Outcome} per partition.
     *
     * @param unclean whether a replica that may lack records will do
     * @param partitions null for all
     */
    record ElectLeaders(
            Ticket ticket, boolean unclean, @Nullable List<PartitionChoice> partitions) implements ControllerCommand {}

    /**
     * Answer: a list with a {@link PartitionChoice.Outcome} per partition.
     *
     * @param otherCounts whether a partition may get more or fewer replicas than it has
     */
    record Reassign(Ticket ticket, List<PartitionChoice> partitions, boolean otherCounts)
            implements ControllerCommand {}

    /** Answer: a map with a {@link Result} per entity. */
    record AlterQuotas(Ticket ticket, List<QuotaChange> changes, boolean validateOnly) implements ControllerCommand {}

    /** Answer: a map with a {@link Result} per user. */
    record AlterScram(Ticket ticket, ScramChanges changes) implements ControllerCommand {}

    /** Where a broker's replicas are. Answer: {@link Result}. */
    record AssignDirectories(Ticket ticket, int broker, List<DirectoryAssignment> assignments)
            implements ControllerCommand {}

    /** A broker is forgotten. Answer: {@link Result}. */
    record UnregisterBroker(Ticket ticket, int broker) implements ControllerCommand {}

    /** Answer: {@link ProducerIdBlock}, or a {@link Result} if there is none left. */
    record AllocateProducerIds(Ticket ticket, int broker) implements ControllerCommand {}

    /**
     * All or nothing. Answer: {@link Result}.
     *
     * @param controller the node that decides
     */
    record UpdateFeatures(Ticket ticket, int controller, List<FeatureChange> changes, boolean validateOnly)
            implements ControllerCommand {}

    /**
     * Everything is as at the first start. Answer: a list with a {@link CreatedTopic} per name.
     *
     * @param create the topics there are then
     * @param features the levels of the features then
     * @param everyBroker the settings of all brokers then
     * @param leaderEpoch the least leader epoch of the topics then
     */
    record Reset(
            Ticket ticket,
            CreateTopics create,
            Map<String, Short> features,
            Map<String, String> everyBroker,
            int leaderEpoch)
            implements ControllerCommand {}
}
