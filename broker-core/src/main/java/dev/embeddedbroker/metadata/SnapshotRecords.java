package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.ClientQuotaRecord;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import dev.embeddedbroker.protocol.record.metadata.ProducerIdsRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.TopicRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The records that make an image from nothing: what a snapshot of the metadata log consists of. */
final class SnapshotRecords {

    private static final int NO_BROKER = -1;

    private final ClusterImage image;
    private final int metadataVersion;
    private final List<Message> records = new ArrayList<>();

    private SnapshotRecords(ClusterImage image) {
        this.image = image;
        this.metadataVersion = image.feature(Features.METADATA_VERSION);
    }

    /**
     * The records of an image, framed, in an order that a reader can apply.
     *
     * @param kept what {@link KeptRecords} had at the same offset
     */
    static List<byte[]> of(ClusterImage image, List<Message> kept) {
        var all = new SnapshotRecords(image);
        Controller.featureLevels(image.features(), all.records);
        all.brokers(kept);
        all.topics();
        all.configs();
        all.quotas();
        if (image.nextProducerId() > 0) {
            all.records.add(new ProducerIdsRecord()
                    .setBrokerId(NO_BROKER)
                    .setBrokerEpoch(-1)
                    .setNextProducerId(image.nextProducerId()));
        }
        kept.stream()
                .filter(record -> !(record instanceof RegisterBrokerRecord))
                .forEach(all.records::add);
        return all.records.stream()
                .map(record -> MetadataFrame.encode(record, RecordVersions.of(record, all.metadataVersion)))
                .toList();
    }

    private void brokers(List<Message> kept) {
        Map<Integer, RegisterBrokerRecord> registered = new HashMap<>();
        for (var record : kept) {
            if (record instanceof RegisterBrokerRecord broker) registered.put(broker.brokerId, broker);
        }
        for (var broker : image.brokers()) {
            var endpoints = new ArrayList<RegisterBrokerRecord.BrokerEndpoint>();
            for (var endpoint : broker.endpoints()) {
                endpoints.add(endpoint.toRecord());
            }
            var record = new RegisterBrokerRecord()
                    .setBrokerId(broker.id())
                    .setIncarnationId(broker.incarnation())
                    .setBrokerEpoch(broker.epoch())
                    .setEndPoints(endpoints)
                    .setRack(broker.rack())
                    .setFenced(broker.fenced())
                    .setInControlledShutdown(broker.inControlledShutdown());
            if (RecordVersions.knowDirectories(metadataVersion)) record.setLogDirs(broker.logDirs());
            var original = registered.get(broker.id());
            if (original != null) {
                record.setFeatures(original.features);
                if (RecordVersions.of(record, metadataVersion) >= 4) {
                    record.setCordonedLogDirs(original.cordonedLogDirs);
                }
            }
            records.add(record);
        }
    }

    private void topics() {
        for (var topic : image.topics()) {
            records.add(new TopicRecord().setName(topic.name()).setTopicId(topic.id()));
            for (var partition : topic.partitions()) {
                var record = new PartitionRecord()
                        .setTopicId(topic.id())
                        .setPartitionId(partition.index())
                        .setReplicas(partition.replicas())
                        .setIsr(partition.isr())
                        .setAddingReplicas(partition.adding())
                        .setRemovingReplicas(partition.removing())
                        .setLeader(partition.leader())
                        .setLeaderRecoveryState((byte) (partition.leaderRecovering() ? 1 : 0))
                        .setLeaderEpoch(partition.leaderEpoch())
                        .setPartitionEpoch(partition.partitionEpoch());
                if (RecordVersions.knowDirectories(metadataVersion)) record.setDirectories(partition.directories());
                if (!partition.eligibleLeaders().isEmpty()) {
                    record.setEligibleLeaderReplicas(partition.eligibleLeaders());
                }
                if (!partition.lastKnownLeaders().isEmpty()) record.setLastKnownElr(partition.lastKnownLeaders());
                records.add(record);
            }
        }
    }

    private void configs() {
        for (var resource : image.configuredResources()) {
            new TreeMap<>(image.configs(resource))
                    .forEach((name, value) -> records.add(new ConfigRecord()
                            .setResourceType(resource.type().id())
                            .setResourceName(resource.name())
                            .setName(name)
                            .setValue(value)));
        }
    }

    private void quotas() {
        image.quotas().forEach((entity, quotas) -> {
            var names = new ArrayList<ClientQuotaRecord.EntityData>();
            entity.names()
                    .forEach((type, name) -> names.add(new ClientQuotaRecord.EntityData()
                            .setEntityType(type)
                            .setEntityName(name)));
            new TreeMap<>(quotas)
                    .forEach((key, value) -> records.add(
                            new ClientQuotaRecord().setEntity(names).setKey(key).setValue(value)));
        });
    }
}
