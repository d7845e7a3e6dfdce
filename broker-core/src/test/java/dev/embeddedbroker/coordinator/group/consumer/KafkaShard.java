package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.coordinator.common.runtime.CoordinatorExecutor;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataDelta;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorResult;
import org.apache.kafka.coordinator.common.runtime.CoordinatorTimer;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorShard;
import org.apache.kafka.coordinator.group.GroupMetadataManager;
import org.apache.kafka.coordinator.group.classic.ClassicGroup;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataKey;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.timeline.SnapshotRegistry;

/** Apache Kafka's own group coordinator, on a bench: its state machine without its threads, and a clock that is moved. */
final class KafkaShard {
    static final long NOBODY = -1;

    private final Map<String, Object> settings;
    private final Map<String, Due> timers = new LinkedHashMap<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<Logged> log = new ArrayList<>();
    private final Supplier<TopicCatalog> topics;
    private GroupCoordinatorShard shard;
    private Image image;
    private long nowMs;
    private long timerOrder;
    private int lateBumps;

    /** A record, and in whose transaction it was written; or the end of that transaction. */
    record Logged(CoordinatorRecord record, long producerId, TransactionResult end) {}

    private record Due(long atMs, long order, CoordinatorTimer.TimeoutOperation<CoordinatorRecord> operation) {}

    KafkaShard(long nowMs, Map<String, Object> settings, Supplier<TopicCatalog> topics) {
        this.nowMs = nowMs;
        this.settings = settings;
        this.topics = topics;
        load();
    }

    private void load() {
        timers.clear();
        var props = new HashMap<String, Object>(settings);
        var config = GroupCoordinatorConfig.fromProps(props);
        var definitions = new ConfigDef(GroupCoordinatorConfig.CONFIG_DEF);
        ShareGroupConfig.CONFIG_DEF.configKeys().values().forEach(definitions::define);
        var shareConfig = new ShareGroupConfig(new AbstractConfig(definitions, Map.of(), false));
        image = new Image(topics.get());
        var registry = new SnapshotRegistry(new LogContext());
        var builder = new GroupCoordinatorShard.Builder(config, new GroupConfigManager(config, shareConfig));
        builder.withLogContext(new LogContext());
        builder.withSnapshotRegistry(registry);
        builder.withTime(new Clock());
        builder.withTimer(new Timers());
        builder.withExecutor(new Tasks());
        builder.withCoordinatorMetrics(
                new GroupCoordinatorMetrics(new com.yammer.metrics.core.MetricsRegistry(), new Metrics()));
        builder.withTopicPartition(new TopicPartition("__consumer_offsets", 0));
        builder.withAuthorizerPlugin(Optional.empty());
        shard = builder.build();
        for (int i = 0; i < log.size(); i++) {
            replay(i, log.get(i));
        }
        shard.onLoaded(image);
    }

    /** Goes on as after a restart. */
    void restart() {
        load();
    }

    /** How often a group's epoch was raised after the answer, because a pattern came to stand for other topics. */
    int lateBumps() {
        return lateBumps;
    }

    private void replay(long offset, Logged logged) {
        if (logged.end() == null) {
            shard.replay(offset, logged.producerId(), (short) 0, logged.record());
        } else {
            shard.replayEndTransactionMarker(logged.producerId(), (short) 0, logged.end());
        }
    }

    /** A transaction's marker gets into the log. */
    void endTransaction(long producerId, boolean commit) {
        var end = new Logged(null, producerId, commit ? TransactionResult.COMMIT : TransactionResult.ABORT);
        replay(log.size(), end);
        log.add(end);
    }

    List<Logged> log() {
        return log;
    }

    GroupCoordinatorShard shard() {
        return shard;
    }

    /**
     * Drops the timers of the protocol a group no longer speaks. Kafka leaves them armed: harmless, unless the group goes
     * back before they fire, when they may remove a member that did nothing wrong.
     */
    void forgetTimersOfOtherProtocol(String groupId, boolean isClassicNow) {
        timers.keySet()
                .removeIf(key -> isClassicNow
                        ? List.of("session-timeout-", "rebalance-timeout-", "join-", "sync-").stream()
                                .anyMatch(kind -> key.startsWith(kind + groupId + "-"))
                        : key.startsWith("heartbeat-" + groupId + "-")
                                || key.equals("join-" + groupId)
                                || key.equals("sync-" + groupId));
    }

    /** The classic group of this id; null when there is none. */
    ClassicGroup classicGroup(String groupId) {
        try {
            var field = GroupCoordinatorShard.class.getDeclaredField("groupMetadataManager");
            field.setAccessible(true);
            var group = ((GroupMetadataManager) field.get(shard)).maybeGroup(groupId, Long.MAX_VALUE);
            return group instanceof ClassicGroup classic ? classic : null;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    // ---- time ----

    void advance(long ms) {
        long untilMs = nowMs + ms;
        while (true) {
            var next = timers.entrySet().stream()
                    .filter(e -> e.getValue().atMs() <= untilMs)
                    .min(Comparator.comparingLong(
                                    (Map.Entry<String, Due> e) -> e.getValue().atMs())
                            .thenComparingLong(e -> e.getValue().order()));
            if (next.isEmpty()) {
                nowMs = untilMs;
                return;
            }
            var due = timers.remove(next.get().getKey());
            nowMs = Math.max(nowMs, due.atMs());
            keep(due.operation().generateRecords());
        }
    }

    /** The topics may have changed. */
    void topicsChanged() {
        var before = image;
        image = new Image(topics.get());
        shard.onMetadataUpdate(new Delta(before, image), image);
    }

    /** What was committed for a topic goes with it. */
    void topicDeleted(String name, Uuid id) {
        keep(shard.onTopicsDeleted(List.of(new GroupCoordinatorShard.DeletedTopic(id, name))));
    }

    // ---- asking ----

    static AuthorizableRequestContext context(String clientId, int version) {
        return new Context(clientId, version);
    }

    /** Asks something answered at once. */
    <T> T ask(
            Function<GroupCoordinatorShard, CoordinatorResult<T, CoordinatorRecord>> request,
            Function<Errors, T> refusal) {
        return ask(NOBODY, request, refusal);
    }

    /** As {@link #ask}, in a producer's transaction. */
    <T> T ask(
            long producerId,
            Function<GroupCoordinatorShard, CoordinatorResult<T, CoordinatorRecord>> request,
            Function<Errors, T> refusal) {
        try {
            var result = request.apply(shard);
            keep(result, producerId);
            return result.response();
        } catch (NoSuchElementException | IllegalArgumentException noProtocolInCommonYet) {
            throw new Twins.Parted(); // Kafka cannot upgrade a group between some generations; we can
        } catch (org.apache.kafka.common.KafkaException e) {
            return refusal.apply(Errors.forException(e));
        }
    }

    /** Asks something that may be answered later. */
    <T> CompletableFuture<T> send(
            BiFunction<GroupCoordinatorShard, CompletableFuture<T>, CoordinatorResult<?, CoordinatorRecord>> request,
            Function<Errors, T> refusal) {
        var answer = new CompletableFuture<T>();
        try {
            keep(request.apply(shard, answer));
        } catch (org.apache.kafka.common.KafkaException e) {
            answer.complete(refusal.apply(Errors.forException(e)));
        }
        return answer;
    }

    private void keep(CoordinatorResult<?, CoordinatorRecord> result) {
        keep(result, NOBODY);
    }

    private void keep(CoordinatorResult<?, CoordinatorRecord> result, long producerId) {
        for (var record : result.records()) {
            var logged = new Logged(record, producerId, null);
            if (result.replayRecords()) {
                replay(log.size(), logged);
            }
            log.add(logged);
        }
        if (result.appendFuture() != null) {
            result.appendFuture().complete(null);
        }
        while (!tasks.isEmpty()) {
            tasks.remove(0).run();
        }
    }

    // ---- what a shard needs ----

    private final class Clock implements Time {
        @Override
        public long milliseconds() {
            return nowMs;
        }

        @Override
        public long nanoseconds() {
            return TimeUnit.MILLISECONDS.toNanos(nowMs);
        }

        @Override
        public void sleep(long ms) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Timers implements CoordinatorTimer<CoordinatorRecord> {
        @Override
        public void schedule(
                String key, long delay, TimeUnit unit, boolean retry, TimeoutOperation<CoordinatorRecord> operation) {
            timers.put(key, new Due(nowMs + unit.toMillis(delay), timerOrder++, operation));
        }

        @Override
        public void schedule(
                String key,
                long delay,
                TimeUnit unit,
                boolean retry,
                long retryBackoff,
                TimeoutOperation<CoordinatorRecord> operation) {
            schedule(key, delay, unit, retry, operation);
        }

        @Override
        public void scheduleIfAbsent(
                String key, long delay, TimeUnit unit, boolean retry, TimeoutOperation<CoordinatorRecord> operation) {
            if (!timers.containsKey(key)) {
                schedule(key, delay, unit, retry, operation);
            }
        }

        @Override
        public void cancel(String key) {
            timers.remove(key);
        }

        @Override
        public boolean isScheduled(String key) {
            return timers.containsKey(key);
        }
    }

    private final class Tasks implements CoordinatorExecutor<CoordinatorRecord> {
        @Override
        public <R> boolean schedule(String key, TaskRunnable<R> task, TaskOperation<CoordinatorRecord, R> operation) {
            tasks.add(() -> {
                R result;
                try {
                    result = task.run();
                } catch (Throwable e) {
                    keep(operation.onComplete(null, e));
                    return;
                }
                var late = operation.onComplete(result, null);
                boolean bumps =
                        late.records().stream().anyMatch(record -> record.key() instanceof ConsumerGroupMetadataKey);
                lateBumps += bumps ? 1 : 0;
                keep(late);
            });
            return true;
        }

        @Override
        public boolean isScheduled(String key) {
            return false;
        }

        @Override
        public void cancel(String key) {}
    }

    private record Context(String clientId, int requestVersion) implements AuthorizableRequestContext {
        @Override
        public String listenerName() {
            return "PLAINTEXT";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return KafkaPrincipal.ANONYMOUS;
        }

        @Override
        public InetAddress clientAddress() {
            try {
                return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            } catch (java.net.UnknownHostException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public int requestType() {
            return 0;
        }

        @Override
        public int correlationId() {
            return 0;
        }
    }

    static Uuid uuid(dev.embeddedbroker.protocol.Uuid id) {
        return new Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private static final class Image implements CoordinatorMetadataImage {
        private final TopicCatalog catalog;

        Image(TopicCatalog catalog) {
            this.catalog = catalog;
        }

        @Override
        public Set<Uuid> topicIds() {
            return catalog.names().stream()
                    .map(name -> uuid(catalog.topic(name).id()))
                    .collect(Collectors.toSet());
        }

        @Override
        public Set<String> topicNames() {
            return Set.copyOf(catalog.names());
        }

        @Override
        public Optional<TopicMetadata> topicMetadata(String name) {
            return Optional.ofNullable(catalog.topic(name)).map(Topic::new);
        }

        @Override
        public Optional<TopicMetadata> topicMetadata(Uuid id) {
            return Optional.ofNullable(catalog.topic(new dev.embeddedbroker.protocol.Uuid(
                            id.getMostSignificantBits(), id.getLeastSignificantBits())))
                    .map(Topic::new);
        }

        @Override
        public CoordinatorMetadataDelta emptyDelta() {
            return new Delta(this, this);
        }

        @Override
        public long version() {
            return catalog.version();
        }

        @Override
        public boolean isEmpty() {
            return catalog.names().isEmpty();
        }
    }

    private record Topic(TopicCatalog.TopicShape shape) implements CoordinatorMetadataImage.TopicMetadata {
        @Override
        public String name() {
            return shape.name();
        }

        @Override
        public Uuid id() {
            return uuid(shape.id());
        }

        @Override
        public int partitionCount() {
            return shape.partitionCount();
        }

        @Override
        public List<String> partitionRacks(int partition) {
            return new ArrayList<>(shape.racks().get(partition));
        }
    }

    private record Delta(Image before, Image image) implements CoordinatorMetadataDelta {
        @Override
        public Collection<Uuid> createdTopicIds() {
            return image.topicIds().stream()
                    .filter(id -> !before.topicIds().contains(id))
                    .toList();
        }

        @Override
        public Collection<Uuid> changedTopicIds() {
            return image.topicIds().stream()
                    .filter(id -> before.topicMetadata(id).isEmpty()
                            || before.topicMetadata(id).get().partitionCount()
                                    != image.topicMetadata(id).get().partitionCount())
                    .toList();
        }

        @Override
        public Set<Uuid> deletedTopicIds() {
            return before.topicIds().stream()
                    .filter(id -> !image.topicIds().contains(id))
                    .collect(Collectors.toSet());
        }
    }
}
