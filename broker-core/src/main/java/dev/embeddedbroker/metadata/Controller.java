package dev.embeddedbroker.metadata;

import dev.embeddedbroker.coordinator.Machine;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.AbortTransactionRecord;
import dev.embeddedbroker.protocol.record.metadata.BeginTransactionRecord;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.EndTransactionRecord;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import dev.embeddedbroker.protocol.record.metadata.ProducerIdsRecord;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's decisions as a machine: commands become Apache Kafka's metadata records, records become the image.
 *
 * <p>A command sees the image of everything applied before it, and its records are one batch of the log: all of them
 * hold or none does.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe.
 */
final class Controller implements Machine<ControllerCommand, Message> {

    private final ControllerSettings settings;
    private final ConfigRules rules;
    private final Policies policies;
    private final ImageChanges changes;

    /** The records of a metadata transaction that has not ended (KIP-868), null outside of one. */
    private @Nullable List<Message> transaction;

    Controller(String clusterId, ControllerSettings settings, ConfigRules rules, Policies policies) {
        this.settings = settings;
        this.rules = rules;
        this.policies = policies;
        this.changes = new ImageChanges(ClusterImage.empty(clusterId));
    }

    /** The image of everything applied so far. */
    ClusterImage image() {
        return changes.image();
    }

    /** The records in force that say more than the image. */
    List<Message> keptRecords() {
        return changes.keptRecords();
    }

    /** What has changed since the last call; since the empty image at the first. */
    ImageDelta takeDelta() {
        return changes.take();
    }

    /** Notes that the log was applied up to {@code lastOffset}, written in {@code epoch}. */
    void appliedUpTo(long lastOffset, int epoch) {
        changes.appliedUpTo(lastOffset, epoch);
    }

    @Override
    public Outcome<ControllerCommand, Message> decide(ControllerCommand command, Moment now) {
        var image = image();
        var records = new ArrayList<Message>();
        var answer = answer(command, image, now, records);
        var outcome = new Outcome.Builder<ControllerCommand, Message>();
        for (var record : records) {
            outcome.event(record);
        }
        return outcome.reply(command.ticket(), answer).build();
    }

    /** Asks first for what comes in every start, as each class that is asked for has to be loaded then. */
    private Object answer(ControllerCommand command, ClusterImage image, Moment now, List<Message> records) {
        if (command instanceof ControllerCommand.Bootstrap bootstrap) {
            return bootstrap(bootstrap, records);
        }
        if (command instanceof ControllerCommand.RegisterBroker register) {
            return BrokerDecisions.register(register.broker(), image, records);
        }
        if (command instanceof ControllerCommand.UnfenceBroker unfence) {
            return BrokerDecisions.unfence(unfence.broker(), image, records);
        }
        if (command instanceof ControllerCommand.CreateTopics create) {
            return topics(image).create(create, now, create.validateOnly() ? new ArrayList<>() : records);
        }
        if (command instanceof ControllerCommand.DeleteTopics delete) {
            return topics(image).delete(delete, now, records);
        }
        if (command instanceof ControllerCommand.CreatePartitions grow) {
            return topics(image).grow(grow, now, grow.validateOnly() ? new ArrayList<>() : records);
        }
        if (command instanceof ControllerCommand.AlterConfigs alter) {
            return new ConfigDecisions(image, rules, policies)
                    .alter(alter.changes(), alter.validateOnly() ? new ArrayList<>() : records);
        }
        if (command instanceof ControllerCommand.ReplaceConfigs replace) {
            return new ConfigDecisions(image, rules, policies)
                    .replace(replace.overrides(), replace.validateOnly() ? new ArrayList<>() : records);
        }
        if (command instanceof ControllerCommand.AlterQuotas alter) {
            return new QuotaDecisions(image).alter(alter.changes(), alter.validateOnly() ? new ArrayList<>() : records);
        }
        if (command instanceof ControllerCommand.AlterScram alter) {
            return new ScramDecisions(image).alter(alter.changes(), records);
        }
        if (command instanceof ControllerCommand.ElectLeaders elect) {
            return new ElectionDecisions(image, elect.unclean()).elect(elect.partitions(), records);
        }
        if (command instanceof ControllerCommand.Reassign reassign) {
            return new ReassignmentDecisions(image, topics(image)).reassign(reassign, records);
        }
        if (command instanceof ControllerCommand.Reset reset) {
            return new ResetDecisions(image).decide(reset, records, cleared -> topics(cleared, name -> null)
                    .create(reset.create(), now, records));
        }
        return answerOfNode(command, image, records);
    }

    /** The answers to what the nodes themselves ask. */
    private Object answerOfNode(ControllerCommand command, ClusterImage image, List<Message> records) {
        if (command instanceof ControllerCommand.AllocateProducerIds allocate) {
            return allocate(allocate, image, records);
        }
        if (command instanceof ControllerCommand.UpdateFeatures update) {
            return new FeatureDecisions(image, settings).update(update, records);
        }
        if (command instanceof ControllerCommand.FenceBroker fence) {
            return BrokerDecisions.fence(fence.broker(), image, records);
        }
        if (command instanceof ControllerCommand.AssignDirectories assign) {
            return BrokerDecisions.assign(assign, image, records);
        }
        if (command instanceof ControllerCommand.UnregisterBroker unregister) {
            return BrokerDecisions.unregister(unregister.broker(), image, records);
        }
        throw new IllegalArgumentException("unknown command " + command);
    }

    private TopicDecisions topics(ClusterImage image) {
        return topics(image, changes::collidingWith);
    }

    private TopicDecisions topics(ClusterImage image, Function<String, @Nullable String> collisions) {
        return new TopicDecisions(image, settings, new TopicDecisions.Checks(rules, policies, collisions));
    }

    private static Object allocate(
            ControllerCommand.AllocateProducerIds command, ClusterImage image, List<Message> records) {
        long first = image.nextProducerId();
        if (first > Long.MAX_VALUE - ProducerIdBlock.SIZE) {
            return Result.refused(
                    ErrorCode.UNKNOWN_SERVER_ERROR,
                    "Exhausted all producerIds as the next block's end producerId has exceeded the int64 type limit");
        }
        var broker = image.broker(command.broker());
        records.add(new ProducerIdsRecord()
                .setBrokerId(command.broker())
                .setBrokerEpoch(broker == null ? -1 : broker.epoch())
                .setNextProducerId(first + ProducerIdBlock.SIZE));
        return new ProducerIdBlock(first, ProducerIdBlock.SIZE);
    }

    /** As Kafka starts a formatted cluster: one metadata transaction, {@code metadata.version} first. */
    private static Result bootstrap(ControllerCommand.Bootstrap command, List<Message> records) {
        records.add(new BeginTransactionRecord().setName("Bootstrap records"));
        featureLevels(command.features(), records);
        for (var setting : new TreeMap<>(command.everyBroker()).entrySet()) {
            records.add(new ConfigRecord()
                    .setResourceType(ConfigResource.Type.BROKER.id())
                    .setResourceName("")
                    .setName(setting.getKey())
                    .setValue(setting.getValue()));
        }
        records.add(new EndTransactionRecord());
        return Result.OK;
    }

    /** {@code metadata.version} first: it says what the other records may be. */
    static void featureLevels(Map<String, Short> features, List<Message> records) {
        var levels = new TreeMap<>(features);
        var metadataVersion = levels.remove(Features.METADATA_VERSION);
        if (metadataVersion != null) records.add(level(Features.METADATA_VERSION, metadataVersion));
        for (var feature : levels.entrySet()) {
            records.add(level(feature.getKey(), feature.getValue()));
        }
    }

    private static Message level(String feature, short level) {
        return new FeatureLevelRecord().setName(feature).setFeatureLevel(level);
    }

    @Override
    public void apply(Message record) {
        if (record instanceof BeginTransactionRecord) {
            transaction = new ArrayList<>();
        } else if (record instanceof AbortTransactionRecord) {
            transaction = null;
        } else if (record instanceof EndTransactionRecord) {
            var records = transaction;
            if (records == null) throw new CorruptMetadata("the end of a transaction that never began");
            transaction = null;
            for (var each : records) {
                changes.apply(each);
            }
        } else if (transaction != null) {
            transaction.add(record);
        } else {
            changes.apply(record);
        }
    }

    @Override
    public List<TimerOp<ControllerCommand>> rearm(Moment now) {
        return List.of();
    }
}
