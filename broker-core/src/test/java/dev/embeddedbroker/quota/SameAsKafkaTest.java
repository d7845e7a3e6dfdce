package dev.embeddedbroker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.QuotaEntity;
import dev.embeddedbroker.metadata.TestImages;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Quota;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.network.Session;
import org.apache.kafka.server.config.ClientQuotaManagerConfig;
import org.apache.kafka.server.quota.ClientQuotaEntity.ConfigEntity;
import org.apache.kafka.server.quota.ClientQuotaManager;
import org.apache.kafka.server.quota.ClientQuotaManager.ClientIdEntity;
import org.apache.kafka.server.quota.ClientQuotaManager.UserEntity;
import org.apache.kafka.server.quota.QuotaType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of quotas and use, given to Apache Kafka's classes and to ours. */
class SameAsKafkaTest {
    private static final String[] USERS = {"alice", "bob", "ANONYMOUS"};
    private static final String[] CLIENTS = {"a", "b", ""};
    private static final String RATE = QuotaKind.PRODUCE.setting();

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 11})
    void aRateIsKafkasRate(int samples) {
        var random = new Random(samples);
        var theirs = new org.apache.kafka.common.metrics.stats.Rate();
        var config = new MetricConfig().samples(samples).timeWindow(1, TimeUnit.SECONDS);
        var ours = new SampledRate(QuotaWindow.of(samples, 1));
        long nowMs = 1_000_000;
        for (int i = 0; i < 20_000; i++) {
            nowMs += random.nextInt(10) == 0 ? random.nextInt(samples * 1_500) : random.nextInt(300);
            if (random.nextBoolean()) {
                double amount = random.nextInt(1_000);
                theirs.record(config, amount, nowMs);
                ours.add(amount, nowMs);
            }
            if (random.nextBoolean()) {
                assertThat(ours.perSecond(nowMs)).isEqualTo(theirs.measure(config, nowMs));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3, 100})
    void aBucketIsKafkasBucket(double limit) {
        var random = new Random((long) limit);
        var theirs = new org.apache.kafka.common.metrics.stats.TokenBucket();
        var config =
                new MetricConfig().samples(11).timeWindow(1, TimeUnit.SECONDS).quota(Quota.upperBound(limit));
        var ours = new TokenBucket(QuotaWindow.of(11, 1));
        long nowMs = 1_000_000;
        for (int i = 0; i < 20_000; i++) {
            nowMs += random.nextInt(2_000);
            if (random.nextBoolean()) {
                double amount = random.nextInt((int) (limit * 4) + 1);
                theirs.record(config, amount, nowMs);
                ours.take(amount, limit, nowMs);
            }
            double tokens = theirs.measure(config, nowMs);
            long owedMs = tokens >= 0 ? 0 : Math.max(1, Math.round(-tokens / limit * 1_000));
            assertThat(ours.overdrawnMs(limit, nowMs)).isEqualTo(owedMs);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aClientWaitsAsLongAsAtKafka(long seed) throws Exception {
        var random = new Random(seed);
        var metrics = new Metrics();
        var theirs = new ClientQuotaManager(
                new ClientQuotaManagerConfig(3, 1), metrics, QuotaType.PRODUCE, Time.SYSTEM, "test-" + seed);
        try {
            var ours = new ClientQuotas(new StoredQuotas(), QuotaWindow.of(3, 1), QuotaWindow.of(3, 1));
            var image = ClusterImage.empty("cluster");
            var quotas = new HashMap<QuotaEntity, Map<String, Double>>();
            long nowMs = Time.SYSTEM.milliseconds();
            for (int i = 0; i < 3_000; i++) {
                if (random.nextInt(100) == 0) {
                    change(theirs, quotas, random);
                    var next = TestImages.withQuotas(image, quotas);
                    ours.onImage(TestImages.delta(image, next, Set.of()), next, () -> {});
                    image = next;
                }
                nowMs += random.nextInt(400);
                var user = USERS[random.nextInt(USERS.length)];
                var client = CLIENTS[random.nextInt(CLIENTS.length)];
                long bytes = random.nextInt(200);
                var session = new Session(new KafkaPrincipal("User", user), InetAddress.getLoopbackAddress());
                assertThat(ours.produced("User:" + user, client, bytes, nowMs))
                        .as("step %s: %s %s %s", i, user, client, quotas)
                        .isEqualTo(theirs.maybeRecordAndGetThrottleTimeMs(session, client, bytes, nowMs));
            }
        } finally {
            theirs.shutdown();
            metrics.close();
        }
    }

    /** Sets or removes one quota of anybody. */
    private static void change(ClientQuotaManager theirs, Map<QuotaEntity, Map<String, Double>> quotas, Random random) {
        var names = new HashMap<String, String>();
        Optional<ConfigEntity> user = Optional.empty();
        Optional<ConfigEntity> client = Optional.empty();
        int whose = 1 + random.nextInt(3);
        if ((whose & 1) != 0) {
            var name = random.nextBoolean() ? USERS[random.nextInt(USERS.length)] : null;
            names.put(QuotaEntity.USER, name);
            user = Optional.of(name == null ? ClientQuotaManager.DEFAULT_USER_ENTITY : new UserEntity(name));
        }
        if ((whose & 2) != 0) {
            var name = random.nextBoolean() ? CLIENTS[random.nextInt(2)] : null;
            names.put(QuotaEntity.CLIENT_ID, name);
            client = Optional.of(name == null ? ClientQuotaManager.DEFAULT_USER_CLIENT_ID : new ClientIdEntity(name));
        }
        var entity = new QuotaEntity(names);
        if (random.nextInt(3) == 0 && quotas.containsKey(entity)) {
            quotas.remove(entity);
            theirs.updateQuota(user, client, Optional.empty());
        } else {
            double limit = 1 + random.nextInt(1_000);
            quotas.put(entity, Map.of(RATE, limit));
            theirs.updateQuota(user, client, Optional.of(Quota.upperBound(limit)));
        }
    }

    /** Every quota a client can have, all at once; taken away one by one, the next in the order counts. */
    @ParameterizedTest
    @ValueSource(strings = {"a"})
    void theNearestQuotaCounts(String client) {
        var order = List.of(
                names("alice", client),
                names("alice", null),
                Map.of(QuotaEntity.USER, "alice"),
                names(null, client),
                names(null, null),
                nobody(QuotaEntity.USER),
                Map.of(QuotaEntity.CLIENT_ID, client),
                nobody(QuotaEntity.CLIENT_ID));
        var quotas = new HashMap<QuotaEntity, Map<String, Double>>();
        for (int i = 0; i < order.size(); i++) {
            quotas.put(new QuotaEntity(order.get(i)), Map.of(QuotaKind.FETCH.setting(), i + 1.0));
        }
        var rules = new StoredQuotas();
        var image = ClusterImage.empty("cluster");
        for (int i = 0; i < order.size(); i++) {
            var next = TestImages.withQuotas(image, quotas);
            rules.follow(TestImages.delta(image, next, Set.of()));
            image = next;
            assertThat(rules.limit(QuotaKind.FETCH, rules.tags(QuotaKind.FETCH, "User:alice", client)))
                    .isEqualTo(i + 1.0);
            assertThat(rules.hasAny(QuotaKind.PRODUCE)).isFalse();
            quotas.remove(new QuotaEntity(order.get(i)));
        }
    }

    private static Map<String, String> names(String user, String client) {
        var names = new HashMap<String, String>();
        names.put(QuotaEntity.USER, user);
        names.put(QuotaEntity.CLIENT_ID, client);
        return names;
    }

    private static Map<String, String> nobody(String type) {
        var names = new HashMap<String, String>();
        names.put(type, null);
        return names;
    }
}
