package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.metadata.MetadataRecordType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.raft.FileQuorumStateStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the controller leaves on disk, read by Apache Kafka's own classes. */
class KafkaReadsOurLogTest {

    @TempDir
    Path directory;

    @Test
    void kafkaBuildsTheSameImage() throws IOException {
        ClusterImage ours;
        try (var node = TestNode.started(directory, 5)) {
            doAnything(node, new Random(5));
            ours = node.image();
        }
        assertSameImage(ours, kafkasImage());
    }

    @Test
    void kafkaBuildsTheSameImageAfterARestart() throws IOException {
        try (var node = TestNode.started(directory, 6)) {
            doAnything(node, new Random(6));
        }
        ClusterImage ours;
        try (var node = TestNode.started(directory, 7)) {
            doAnything(node, new Random(7));
            ours = node.image();
        }
        assertSameImage(ours, kafkasImage());
        assertThat(ours.topic("t0").partition(0).leaderEpoch()).isEqualTo(2);
    }

    @Test
    void everyStartBeginsWithALeaderInANewEpoch() throws IOException {
        for (int epoch = 1; epoch <= 3; epoch++) {
            try (var node = TestNode.started(directory, epoch)) {
                assertThat(node.image().epoch()).isEqualTo(epoch);
            }
        }
        var epochs = new ArrayList<Integer>();
        try (var records = FileRecords.open(logFile(), false)) {
            for (var batch : records.batches()) {
                if (!batch.isControlBatch()) continue;
                var record = batch.iterator().next();
                assertThat(ControlRecordType.parse(record.key())).isEqualTo(ControlRecordType.LEADER_CHANGE);
                var message = ControlRecordUtils.deserializeLeaderChangeMessage(record);
                assertThat(message.leaderId()).isEqualTo(1);
                assertThat(message.voters()).hasSize(1);
                epochs.add(batch.partitionLeaderEpoch());
            }
        }
        assertThat(epochs).containsExactly(1, 2, 3);
    }

    @Test
    void kafkaReadsTheQuorumState() {
        try (var node = TestNode.started(directory, 1)) {
            var state = new FileQuorumStateStore(
                            metadataDirectory().resolve("quorum-state").toFile())
                    .readElectionState()
                    .orElseThrow();
            assertThat(state.epoch()).isEqualTo(1);
            assertThat(state.optionalLeaderId()).isEqualTo(OptionalInt.of(1));
        }
    }

    @Test
    void theFirstSnapshotIsTheOneKafkaFormatsWith() throws IOException {
        try (var node = TestNode.started(directory, 1)) {
            var file = metadataDirectory().resolve("00000000000000000000-0000000000.checkpoint");
            var levels = new ArrayList<String>();
            var kinds = new ArrayList<ControlRecordType>();
            try (var records = FileRecords.open(file.toFile(), false)) {
                for (var batch : records.batches()) {
                    batch.ensureValid();
                    for (var record : batch) {
                        if (batch.isControlBatch()) {
                            kinds.add(ControlRecordType.parse(record.key()));
                        } else {
                            levels.add(decode(record).toString());
                        }
                    }
                }
            }
            assertThat(kinds).containsExactly(ControlRecordType.SNAPSHOT_HEADER, ControlRecordType.SNAPSHOT_FOOTER);
            assertThat(levels)
                    .containsExactly(
                            "FeatureLevelRecord(name='metadata.version', featureLevel=33)",
                            "FeatureLevelRecord(name='eligible.leader.replicas.version', featureLevel=1)",
                            "FeatureLevelRecord(name='group.version', featureLevel=1)",
                            "FeatureLevelRecord(name='share.version', featureLevel=2)",
                            "FeatureLevelRecord(name='streams.version', featureLevel=1)",
                            "FeatureLevelRecord(name='transaction.version', featureLevel=2)");
            assertThat(Files.size(file)).isEqualTo(411);
        }
    }

    private static void doAnything(TestNode node, Random random) {
        node.create("t0", 1);
        for (int i = 0; i < 200; i++) {
            var name = "t" + random.nextInt(20);
            switch (random.nextInt(6)) {
                case 0, 1 -> node.create(name, 1 + random.nextInt(5), Map.of("retention.ms", "" + i));
                case 2 ->
                    node.get(node.controller.createPartitions(
                            List.of(new NewPartitions(name, 1 + random.nextInt(9), null)), false));
                case 3 ->
                    node.get(node.controller.alterConfigs(
                            Map.of(ConfigResource.topic(name), Map.of("segment.ms", "" + i)), false));
                case 4 -> node.get(node.controller.allocateProducerIds());
                default -> {
                    var topic = node.image().topic(name);
                    if (topic != null && !name.equals("t0")) {
                        node.get(node.controller.deleteTopics(List.of(topic.id())));
                    }
                }
            }
        }
    }

    private Path metadataDirectory() {
        return directory.resolve("__cluster_metadata-0");
    }

    private File logFile() {
        return metadataDirectory().resolve("00000000000000000000.log").toFile();
    }

    private static ApiMessage decode(org.apache.kafka.common.record.internal.Record record) {
        return MetadataRecordSerde.INSTANCE
                .read(new ByteBufferAccessor(record.value()), record.valueSize())
                .message();
    }

    /** A delta per batch, as a Kafka broker that follows the log makes them. */
    private MetadataImage kafkasImage() throws IOException {
        var image = MetadataImage.EMPTY;
        long last = -1;
        try (var records = FileRecords.open(logFile(), false)) {
            for (var batch : records.batches()) {
                batch.ensureValid();
                assertThat(batch.baseOffset()).isEqualTo(last + 1);
                last = batch.lastOffset();
                if (batch.isControlBatch()) continue;
                var delta = new MetadataDelta.Builder().setImage(image).build();
                for (var record : batch) {
                    var message = decode(record);
                    var type = MetadataRecordType.fromId(message.apiKey());
                    if (type != MetadataRecordType.BEGIN_TRANSACTION_RECORD
                            && type != MetadataRecordType.END_TRANSACTION_RECORD) {
                        delta.replay(message);
                    }
                }
                image = delta.apply(new MetadataProvenance(last, batch.partitionLeaderEpoch(), 0, true));
            }
        }
        return image;
    }

    private static void assertSameImage(ClusterImage ours, MetadataImage kafkas) {
        assertThat(ours.offset() + ours.partitionCount() + 1)
                .isEqualTo(kafkas.highestOffsetAndEpoch().offset());
        assertThat(ours.topics())
                .extracting(TopicImage::name)
                .containsExactlyInAnyOrderElementsOf(
                        kafkas.topics().topicsByName().keySet());
        int partitions = 0;
        for (var topic : ours.topics()) {
            var their = kafkas.topics().getTopic(topic.name());
            assertThat(topic.id().toString()).isEqualTo(their.id().toString());
            assertThat(topic.partitionCount()).isEqualTo(their.partitions().size());
            for (var partition : topic.partitions()) {
                var theirs = their.partitions().get(partition.index());
                // noted at the close, as Kafka's orderly shutdown leaves it
                assertThat(theirs.leader).isEqualTo(PartitionImage.NO_LEADER);
                assertThat(theirs.leaderEpoch).isEqualTo(partition.leaderEpoch() + 1);
                assertThat(theirs.partitionEpoch).isEqualTo(partition.partitionEpoch() + 1);
                assertThat(theirs.isr).isEmpty();
                assertThat(theirs.elr).containsExactly(1);
                assertThat(theirs.lastKnownElr).containsExactly(1);
                assertThat(partition.leader()).isEqualTo(1);
                assertThat(partition.isr()).containsExactly(1);
                assertThat(partition.replicas()).containsExactly(box(theirs.replicas));
                assertThat(partition.directoryOf(1).toString())
                        .isEqualTo(theirs.directory(1).toString());
                partitions++;
            }
            var overrides = new Properties();
            overrides.putAll(ours.configs(ConfigResource.topic(topic.name())));
            assertThat(kafkas.configs()
                            .configProperties(
                                    new org.apache.kafka.common.config.ConfigResource(Type.TOPIC, topic.name())))
                    .isEqualTo(overrides);
        }
        assertThat(ours.partitionCount()).isEqualTo(partitions);
        assertThat(ours.nextProducerId()).isEqualTo(kafkas.producerIds().nextProducerId());
        assertThat(kafkas.features().metadataVersion().orElseThrow().featureLevel())
                .isEqualTo(ours.feature(Features.METADATA_VERSION));
        assertThat(kafkas.features().finalizedVersions())
                .allSatisfy(
                        (feature, level) -> assertThat(ours.feature(feature)).isEqualTo(level));
        var broker = ours.broker(1);
        var theirs = kafkas.cluster().broker(1);
        assertThat(broker.epoch()).isEqualTo(theirs.epoch());
        assertThat(broker.fenced()).isFalse();
        // noted at the close
        assertThat(theirs.fenced()).isTrue();
        assertThat(broker.endpoint("PLAINTEXT").port())
                .isEqualTo(theirs.listeners().get("PLAINTEXT").port());
        assertThat(broker.logDirs())
                .extracting(Object::toString)
                .containsExactly(theirs.directories().get(0).toString());
    }

    private static Integer[] box(int[] numbers) {
        return java.util.Arrays.stream(numbers).boxed().toArray(Integer[]::new);
    }
}
