package dev.embeddedbroker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.AccessControlEntryRecord;
import org.apache.kafka.common.metadata.ClientQuotaRecord;
import org.apache.kafka.common.metadata.MetadataRecordType;
import org.apache.kafka.common.metadata.RegisterControllerRecord;
import org.apache.kafka.common.metadata.RemoveAccessControlEntryRecord;
import org.apache.kafka.common.metadata.UserScramCredentialRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of the metadata log say what the log says, to Apache Kafka's own classes too, and keep it short. */
class MetadataSnapshotsTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long HOUR_MS = 3_600_000;
    private static final LogOptions SMALL_SEGMENTS =
            LogOptions.builder().segmentBytes(8192).build();

    @TempDir
    Path directory;

    @Test
    void kafkaBuildsTheSameImageFromEverySnapshotAsFromTheLog() throws IOException {
        start(new SnapshotSettings(4000, 0, -1, -1), LogOptions.DEFAULT).close();
        appendWhatOnlyKafkaKnows();
        try (var node = start(new SnapshotSettings(4000, 0, -1, -1), LogOptions.DEFAULT)) {
            doAnything(node, new Random(1), 300);
        }
        var fromLog = kafkasImages();
        var snapshots = names(".checkpoint");
        assertThat(snapshots).hasSizeGreaterThan(5);
        for (var name : snapshots.tailSet("00000000000000000001")) {
            long end = Long.parseLong(name.substring(0, 20));
            assertThat(fromLog).as(name).containsKey(end - 1);
            var fromSnapshot = kafkasImage(metadata().resolve(name), new MetadataProvenance(end - 1, 0, 0, true));
            assertThat(fromSnapshot).as(name).isEqualTo(fromLog.get(end - 1));
            assertThat(fromSnapshot.acls().acls()).hasSize(1);
            assertThat(fromSnapshot.scram().mechanisms()).isNotEmpty();
            assertThat(fromSnapshot.clientQuotas().entities()).hasSize(1);
            assertThat(fromSnapshot.cluster().controllers()).hasSize(1);
        }
    }

    @Test
    void theLogStaysAsShortAsItsSettingsSay() throws IOException {
        var settings = new SnapshotSettings(4000, 0, 60_000, -1);
        List<TopicImage> before;
        try (var node = start(settings, SMALL_SEGMENTS)) {
            doAnything(node, new Random(2), 1500);
            before = List.copyOf(node.image().topics());
        }
        assertThat(sizeOf(metadata())).isLessThan(60_000 + 2 * 8192 + 10_000);
        assertThat(names(".log").first()).isGreaterThan("00000000000000001000.log");
        assertThat(names(".checkpoint").first())
                .isLessThanOrEqualTo(names(".log").last());
        try (var node = start(settings, SMALL_SEGMENTS)) {
            assertThat(node.image().topics()).extracting(TopicImage::id).containsExactlyElementsOf(ids(before));
            assertThat(node.image().topics()).allSatisfy(topic -> assertThat(topic.partitions())
                    .allSatisfy(partition -> assertThat(partition.leader()).isEqualTo(1)));
            doAnything(node, new Random(3), 50);
        }
    }

    @Test
    void timeBringsASnapshotToALogThatHasChangedAndTakesTheOldOnes() throws IOException {
        var settings = new SnapshotSettings(1 << 20, HOUR_MS, -1, 24 * HOUR_MS);
        try (var node = start(settings, SMALL_SEGMENTS)) {
            node.loop.clock().advanceMs(HOUR_MS);
            node.loop.runAll();
            assertThat(names(".checkpoint")).hasSize(1);
            node.create("t0", 1);
            assertThat(names(".checkpoint")).hasSize(2);
            node.create("t1", 1);
            assertThat(names(".checkpoint")).hasSize(2);
            node.loop.clock().advanceMs(25 * HOUR_MS);
            node.create("t2", 1);
            assertThat(names(".checkpoint")).as("the two old ones are gone").hasSize(1);
        }
        try (var node = start(settings, SMALL_SEGMENTS)) {
            assertThat(node.image().topics()).extracting(TopicImage::name).containsExactly("t0", "t1", "t2");
        }
    }

    @Test
    void aLogThatLostItsEndGoesOnBehindItsSnapshot() throws IOException {
        var settings = new SnapshotSettings(4000, 0, -1, -1);
        try (var node = start(settings, LogOptions.DEFAULT)) {
            doAnything(node, new Random(4), 200);
        }
        long end = Long.parseLong(names(".checkpoint").last().substring(0, 20));
        Files.write(metadata().resolve("00000000000000000000.log"), new byte[0]);
        try (var node = start(settings, LogOptions.DEFAULT)) {
            assertThat(node.image().offset()).isGreaterThanOrEqualTo(end);
            assertThat(node.image().topics()).isNotEmpty();
            assertThat(node.create("afterwards", 1).result()).isEqualTo(Result.OK);
        }
        assertThat(names(".log").first()).startsWith(names(".checkpoint").last().substring(0, 20));
        try (var node = start(settings, LogOptions.DEFAULT)) {
            assertThat(node.image().topic("afterwards")).isNotNull();
        }
    }

    @Test
    void aDamagedSnapshotIsNamed() throws IOException {
        start(SnapshotSettings.DEFAULT, LogOptions.DEFAULT).close();
        var file = metadata().resolve(names(".checkpoint").last());
        var bytes = Files.readAllBytes(file);
        for (int at = 17; at < 60; at += 7) { // what is before is not in the checksum
            var damaged = bytes.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            assertThatThrownBy(() -> start(SnapshotSettings.DEFAULT, LogOptions.DEFAULT))
                    .as("byte " + at)
                    .isInstanceOf(CorruptMetadata.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("at byte 0");
        }
    }

    // ---- what happens

    private TestNode start(SnapshotSettings settings, LogOptions options) {
        var node = new TestNode(directory, 1, ConfigRules.none(), Policies.NONE, settings, options);
        node.start();
        return node;
    }

    private static void doAnything(TestNode node, Random random, int steps) {
        for (int i = 0; i < steps; i++) {
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
                    if (topic != null) node.get(node.controller.deleteTopics(List.of(topic.id())));
                }
            }
        }
    }

    /** As a Kafka controller with an authorizer and SCRAM would have left it. */
    private void appendWhatOnlyKafkaKnows() {
        var batch = new RecordBatchBuilder();
        var kept = Uuid.randomUuid();
        var gone = Uuid.randomUuid();
        var records = new ArrayList<ApiMessage>();
        for (var id : List.of(kept, gone)) {
            records.add(new AccessControlEntryRecord()
                    .setId(id)
                    .setResourceType((byte) 2)
                    .setResourceName("t" + id)
                    .setPatternType((byte) 3)
                    .setPrincipal("User:alice")
                    .setHost("*")
                    .setOperation((byte) 3)
                    .setPermissionType((byte) 3));
        }
        records.add(new RemoveAccessControlEntryRecord().setId(gone));
        records.add(new UserScramCredentialRecord()
                .setName("alice")
                .setMechanism((byte) 1)
                .setSalt(new byte[] {1, 2})
                .setStoredKey(new byte[] {3})
                .setServerKey(new byte[] {4})
                .setIterations(4096));
        records.add(new ClientQuotaRecord()
                .setEntity(List.of(
                        new ClientQuotaRecord.EntityData().setEntityType("user").setEntityName(null)))
                .setKey("producer_byte_rate")
                .setValue(1000));
        records.add(new RegisterControllerRecord().setControllerId(1).setIncarnationId(Uuid.randomUuid()));
        for (var record : records) {
            var message = new ApiMessageAndVersion(record, (short) 0);
            var cache = new org.apache.kafka.common.protocol.ObjectSerializationCache();
            var bytes = new byte[MetadataRecordSerde.INSTANCE.recordSize(message, cache)];
            MetadataRecordSerde.INSTANCE.write(message, cache, new ByteBufferAccessor(java.nio.ByteBuffer.wrap(bytes)));
            batch.append(NOW, null, bytes);
        }
        try (var log = PartitionLog.open(new MappedDisk(), metadata(), LogOptions.DEFAULT, NOW)) {
            log.append(batch.build(), AppendOptions.coordinator(1, NOW));
        }
    }

    // ---- what Kafka sees

    private Map<Long, MetadataImage> kafkasImages() throws IOException {
        var images = new HashMap<Long, MetadataImage>();
        var image = MetadataImage.EMPTY;
        try (var records =
                FileRecords.open(metadata().resolve("00000000000000000000.log").toFile(), false)) {
            for (var batch : records.batches()) {
                image = applied(image, batch, new MetadataProvenance(batch.lastOffset(), 0, 0, true));
                images.put(batch.lastOffset(), image);
            }
        }
        return images;
    }

    private static MetadataImage kafkasImage(Path snapshot, MetadataProvenance provenance) throws IOException {
        var image = MetadataImage.EMPTY;
        try (var records = FileRecords.open(snapshot.toFile(), false)) {
            long next = 0;
            for (var batch : records.batches()) {
                assertThat(batch.baseOffset()).isEqualTo(next);
                next = batch.nextOffset();
                image = applied(image, batch, provenance);
            }
        }
        return image;
    }

    private static MetadataImage applied(MetadataImage image, RecordBatch batch, MetadataProvenance provenance) {
        batch.ensureValid();
        var delta = new MetadataDelta.Builder().setImage(image).build();
        for (var record : batch) {
            if (batch.isControlBatch()) break;
            var message = MetadataRecordSerde.INSTANCE
                    .read(new ByteBufferAccessor(record.value()), record.valueSize())
                    .message();
            var type = MetadataRecordType.fromId(message.apiKey());
            if (type != MetadataRecordType.BEGIN_TRANSACTION_RECORD
                    && type != MetadataRecordType.END_TRANSACTION_RECORD) {
                delta.replay(message);
            }
        }
        return delta.apply(provenance);
    }

    // ---- files

    private Path metadata() {
        return directory.resolve("__cluster_metadata-0");
    }

    private TreeSet<String> names(String ending) throws IOException {
        try (var files = Files.list(metadata())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static long sizeOf(Path directory) throws IOException {
        long size = 0;
        try (var files = Files.list(directory)) {
            for (var file : (Iterable<Path>) files::iterator) size += Files.size(file);
        }
        return size;
    }

    private static List<dev.embeddedbroker.protocol.Uuid> ids(List<TopicImage> topics) {
        return topics.stream().map(TopicImage::id).toList();
    }
}
