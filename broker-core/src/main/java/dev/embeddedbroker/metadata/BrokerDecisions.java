package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.BrokerRegistrationChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.UnregisterBrokerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Brokers coming and becoming ready, and what that does to the partitions they hold. */
final class BrokerDecisions {

    private BrokerDecisions() {}

    /** The new epoch of the broker: the offset its registration will have. */
    static Long register(BrokerRegistration broker, ClusterImage image, List<Message> records) {
        long epoch = image.offset() + 1;
        var endpoints = new ArrayList<RegisterBrokerRecord.BrokerEndpoint>();
        for (var endpoint : broker.endpoints()) {
            endpoints.add(endpoint.toRecord());
        }
        var features = new ArrayList<RegisterBrokerRecord.BrokerFeature>();
        for (var feature : new TreeMap<>(Features.supported()).entrySet()) {
            features.add(new RegisterBrokerRecord.BrokerFeature()
                    .setName(feature.getKey())
                    .setMinSupportedVersion(feature.getValue().min())
                    .setMaxSupportedVersion(feature.getValue().max()));
        }
        var record = new RegisterBrokerRecord()
                .setBrokerId(broker.id())
                .setIncarnationId(broker.incarnation())
                .setBrokerEpoch(epoch)
                .setRack(broker.rack())
                .setEndPoints(endpoints)
                .setFeatures(features)
                .setFenced(true);
        if (RecordVersions.knowDirectories(image.feature(Features.METADATA_VERSION))) {
            record.setLogDirs(broker.logDirs());
        }
        records.add(record);
        return epoch;
    }

    /**
     * The broker leaves in order: it leads nothing any more, and the next to register with this id, be it Kafka on this
     * directory, need not wait for a session to end.
     */
    static Result fence(int id, ClusterImage image, List<Message> records) {
        var broker = image.broker(id);
        if (broker == null || broker.fenced()) return Result.OK;
        leaveAll(id, image, records);
        records.add(new BrokerRegistrationChangeRecord()
                .setBrokerId(id)
                .setBrokerEpoch(broker.epoch())
                .setFenced((byte) 1));
        return Result.OK;
    }

    /** Assignments of what is no replica of the broker's, or not any more, are passed over (KIP-858). */
    static Result assign(ControllerCommand.AssignDirectories command, ClusterImage image, List<Message> records) {
        if (!RecordVersions.knowDirectories(image.feature(Features.METADATA_VERSION))) return Result.OK;
        for (var assignment : command.assignments()) {
            var topic = image.topic(assignment.topic());
            var partition = topic == null ? null : topic.partition(assignment.partition());
            int at = partition == null ? -1 : partition.replicas().indexOf(command.broker());
            if (partition == null || at < 0) continue;
            var directories = new ArrayList<Uuid>();
            for (int broker : partition.replicas()) directories.add(partition.directoryOf(broker));
            if (assignment.directory().equals(directories.set(at, assignment.directory()))) continue;
            records.add(new PartitionChangeRecord()
                    .setTopicId(assignment.topic())
                    .setPartitionId(assignment.partition())
                    .setDirectories(directories));
        }
        return Result.OK;
    }

    /** The broker is forgotten, and leads nothing any more. */
    static Result unregister(int id, ClusterImage image, List<Message> records) {
        var broker = image.broker(id);
        if (broker == null) {
            return Result.refused(
                    ErrorCode.BROKER_ID_NOT_REGISTERED, "Broker ID " + id + " is not currently registered");
        }
        leaveAll(id, image, records);
        records.add(new UnregisterBrokerRecord().setBrokerId(id).setBrokerEpoch(broker.epoch()));
        return Result.OK;
    }

    private static void leaveAll(int id, ClusterImage image, List<Message> records) {
        var partitions = new PartitionRecords(image);
        for (var topic : image.topics()) {
            for (var partition : topic.partitions()) {
                var change = partitions.leave(topic.id(), partition, id);
                if (change != null) records.add(change);
            }
        }
    }

    static Result unfence(int id, ClusterImage image, List<Message> records) {
        var broker = image.broker(id);
        if (broker == null) {
            return Result.refused(ErrorCode.BROKER_ID_NOT_REGISTERED, "Broker " + id + " is not registered.");
        }
        if (!broker.fenced()) return Result.OK;
        records.add(new BrokerRegistrationChangeRecord()
                .setBrokerId(id)
                .setBrokerEpoch(broker.epoch())
                .setFenced((byte) -1));
        var partitions = new PartitionRecords(image);
        for (var topic : image.topics()) {
            for (var partition : topic.partitions()) {
                var change = partitions.leadAgain(topic.id(), partition, id);
                if (change != null) records.add(change);
            }
        }
        return Result.OK;
    }
}
