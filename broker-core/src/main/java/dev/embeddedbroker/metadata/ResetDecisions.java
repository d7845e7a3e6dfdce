package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveTopicRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveUserScramCredentialRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Taking a cluster back to its beginning: the records that undo what was decided since, in an order in which each is valid.
 *
 * <p>What belongs to the brokers themselves stays: registrations, and producer ids, which are never given out twice.
 */
final class ResetDecisions {
    private static final ConfigResource EVERY_BROKER = ConfigResource.everyBroker();

    private final ClusterImage image;

    ResetDecisions(ClusterImage image) {
        this.image = image;
    }

    /** @param create decides about the topics of the beginning, on the image without any */
    List<CreatedTopic> decide(
            ControllerCommand.Reset reset, List<Message> records, Function<ClusterImage, List<CreatedTopic>> create) {
        var cleared = deleteTopics(records);
        undoConfigs(cleared, reset.everyBroker(), records);
        removeQuotas(records);
        removeUsers(records);
        var created = create.apply(cleared);
        beginAfter(reset.leaderEpoch(), records);
        restoreFeatures(reset.features(), records); // last: the others are written as the version in force has them
        return created;
    }

    private ClusterImage deleteTopics(List<Message> records) {
        var cleared = image.toBuilder();
        for (var topic : image.topics()) {
            var removal = new RemoveTopicRecord().setTopicId(topic.id());
            cleared.remove(removal);
            records.add(removal);
        }
        return cleared.build();
    }

    /**
     * A consumer that has come far in a topic that was there before must not go on from there in the one that has its name
     * now. By its leader epochs, which are above all that it has seen, it finds that out (KIP-320).
     */
    private void beginAfter(int least, List<Message> records) {
        int epoch = least;
        for (var topic : image.topics()) {
            for (var partition : topic.partitions()) epoch = Math.max(epoch, partition.leaderEpoch() + 1);
        }
        for (var record : records) {
            if (record instanceof PartitionRecord partition) partition.setLeaderEpoch(epoch);
        }
    }

    /** The overrides of topics went with them. */
    private static void undoConfigs(ClusterImage cleared, Map<String, String> everyBroker, List<Message> records) {
        for (var resource : cleared.configuredResources()) {
            var beginning = resource.equals(EVERY_BROKER) ? everyBroker : Map.<String, String>of();
            for (var name : cleared.configs(resource).keySet()) {
                if (!beginning.containsKey(name))
                    records.add(record(resource, name).setValue(null));
            }
        }
        var present = cleared.configs(EVERY_BROKER);
        everyBroker.forEach((name, value) -> {
            if (!value.equals(present.get(name)))
                records.add(record(EVERY_BROKER, name).setValue(value));
        });
    }

    private static ConfigRecord record(ConfigResource resource, String name) {
        return new ConfigRecord()
                .setResourceType(resource.type().id())
                .setResourceName(resource.name())
                .setName(name);
    }

    private void removeQuotas(List<Message> records) {
        image.quotas().forEach((entity, quotas) -> {
            for (var quota : quotas.keySet())
                records.add(QuotaDecisions.record(entity, quota).setRemove(true));
        });
    }

    private void removeUsers(List<Message> records) {
        for (var user : image.scramUsers()) {
            for (byte mechanism : image.scramCredentials(user).keySet()) {
                records.add(new RemoveUserScramCredentialRecord().setName(user).setMechanism(mechanism));
            }
        }
    }

    private void restoreFeatures(Map<String, Short> beginning, List<Message> records) {
        var names = new TreeSet<>(image.features().keySet());
        names.addAll(beginning.keySet());
        for (var name : names) {
            short level = beginning.getOrDefault(name, (short) 0);
            if (level != image.feature(name)) {
                records.add(new FeatureLevelRecord().setName(name).setFeatureLevel(level));
            }
        }
    }
}
