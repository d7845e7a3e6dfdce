package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TestImages;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.MetaProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Broker 1 with real logs, loops stepped by hand and an image put together by hand. */
public final class OneBroker implements AutoCloseable {

    public static final int SELF = 1;

    public final SteppedLoops loops;
    public final Partitions partitions;
    private final Path directory;
    private final LogDirectory logs;
    private final Map<String, PartitionSettings> settings = new HashMap<>();
    private final Map<String, TopicImage> topics = new LinkedHashMap<>();
    private final Map<String, Short> features = new HashMap<>();
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Integer> brokers = new ArrayList<>(List.of(SELF));
    private ClusterImage image = ClusterImage.empty("test-cluster");

    public OneBroker(Path directory, int loopCount) {
        this.directory = directory;
        this.loops = new SteppedLoops(loopCount);
        this.logs = LogDirectory.open(
                new MappedDisk(), directory, new MetaProperties("test-cluster", SELF, "AAAAAAAAAAAAAAAAAAAAAQ"));
        this.partitions = new Partitions(
                SELF,
                loops.group(),
                LogDirectories.of(logs),
                (all, topic) -> settings.getOrDefault(topic, new PartitionSettings(LogOptions.DEFAULT, 1)),
                this::image);
    }

    public ClusterImage image() {
        return image;
    }

    /** The broker's topic as the image has it now. */
    public TopicImage topicImage(String name) {
        return topics.get(name);
    }

    public OneBroker settings(String topic, PartitionSettings of) {
        settings.put(topic, of);
        return this;
    }

    /** From the next change of the image on. */
    public OneBroker feature(String name, int level) {
        features.put(name, (short) level);
        return this;
    }

    /** The topic's log cannot be opened. */
    public OneBroker breakDiskOf(String topic) {
        try {
            Files.createFile(directory.resolve(topic + "-0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public OneBroker alsoBroker(int id) {
        brokers.add(id);
        return this;
    }

    public OneBroker topic(String name, int partitionCount) {
        return topic(name, partitionCount, List.of(SELF));
    }

    public OneBroker topic(String name, int partitionCount, List<Integer> replicas) {
        topics.put(name, TestImages.topic(name, Uuid.random(random), partitionCount, 0, replicas));
        publish(Set.of());
        return this;
    }

    public OneBroker delete(String name) {
        topics.remove(name);
        publish(Set.of());
        return this;
    }

    /** Changes the image of a partition. */
    public OneBroker change(String topic, int index, Function<PartitionImage, PartitionImage> how) {
        var old = topics.get(topic);
        var changed = new ArrayList<>(old.partitions());
        changed.set(index, how.apply(changed.get(index)));
        topics.put(topic, new TopicImage(topic, old.id(), changed));
        publish(Set.of());
        return this;
    }

    public OneBroker reconfigure(String topic, PartitionSettings to) {
        settings.put(topic, to);
        publish(Set.of(ConfigResource.topic(topic)));
        return this;
    }

    private void publish(Set<ConfigResource> changedConfigs) {
        var before = image;
        image = TestImages.withFeatures(
                TestImages.image(
                        before.offset() + 1,
                        brokers.stream().map(TestImages::broker).toList(),
                        List.copyOf(topics.values())),
                features);
        var done = new AtomicBoolean();
        loops.inside(
                loops.get(0),
                () -> partitions.onImage(TestImages.delta(before, image, changedConfigs), image, () -> done.set(true)));
        loops.runAll();
        if (!done.get()) throw new AssertionError("the partitions were not done with " + image);
    }

    public Partition partition(String topic, int index) {
        return partitions.find(topic, index);
    }

    /** What {@code work} gives, inside the partition's loop. */
    public <T> T on(Partition partition, Function<Partition, T> work) {
        var result = new AtomicReference<T>();
        loops.inside(partition.loop(), () -> result.set(work.apply(partition)));
        return result.get();
    }

    public <T> T on(String topic, int index, Function<Partition, T> work) {
        return on(partition(topic, index), work);
    }

    /** Appends one batch with these values and lets everything run that follows. */
    public AppendOutcome append(String topic, int index, String... values) {
        var outcome = appendQuietly(topic, index, values);
        loops.runAll();
        return outcome;
    }

    /** Appends one batch with these values; what waits for it stays queued. */
    public AppendOutcome appendQuietly(String topic, int index, String... values) {
        return on(
                topic,
                index,
                p -> p.append(batch(values), dev.embeddedbroker.storage.batch.AppendOrigin.CLIENT, Partition.ACKS_ALL));
    }

    /** One batch, as a producer would send it. */
    public static ByteBuffer batch(String... values) {
        return copy(MemoryRecords.withRecords(Compression.NONE, records(values)));
    }

    public static SimpleRecord[] records(String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_700_000_000_000L + i, "k".getBytes(), values[i].getBytes());
        }
        return records;
    }

    public static ByteBuffer copy(MemoryRecords records) {
        var bytes = ByteBuffer.allocate(records.sizeInBytes());
        bytes.put(records.buffer().duplicate());
        return bytes.flip();
    }

    public LogDirectory logs() {
        return logs;
    }

    public Loop loop(int index) {
        return loops.get(index);
    }

    @Override
    public void close() {
        var closed = partitions.close();
        loops.runAll();
        if (!closed.isDone()) throw new AssertionError("the partitions were not closed");
        logs.close(-1, false);
    }
}
