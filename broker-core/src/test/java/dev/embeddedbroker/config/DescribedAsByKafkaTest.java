package dev.embeddedbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** DescribeConfigs of ours against Kafka's: names, values, sources, synonyms and their order, flags, types. */
class DescribedAsByKafkaTest {
    private static final Map<String, String> START = Map.of(
            "listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
            "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL",
            "controller.quorum.bootstrap.servers", "localhost:9093");

    static List<Map<String, String>> starts() {
        return List.of(
                Map.of(),
                Map.of("log.retention.hours", "3", "log.roll.hours", "5", "log.roll.jitter.hours", "1"),
                Map.of("log.retention.minutes", "7", "log.retention.ms", "-1", "log.flush.scheduler.interval.ms", "9"),
                Map.of(
                        "log.retention.hours",
                        "-1",
                        "compression.type",
                        "zstd",
                        "log.cleanup.policy",
                        "compact , delete"),
                Map.of("unclean.leader.election.enable", "TRUE", "log.dirs", "/a, /b", "num.io.threads", " 3 "),
                Map.of("broker.rack", "r1", "no.such.setting", "x", "ssl.keystore.password", "secret"),
                Map.of("listener.name.ssl.ssl.keystore.password", "s", "listener.name.ssl.max.connections", "5"),
                Map.of("listener.name.ssl.plain.sasl.jaas.config", "s", "log.initial.task.delay.ms", "5"),
                Map.of("group.share.record.lock.duration.ms", "20000", "group.streams.num.standby.replicas", "1"));
    }

    @ParameterizedTest
    @MethodSource("starts")
    void broker(Map<String, String> start) {
        var kafka = new KafkaPeer(start).describe(ConfigResource.Type.BROKER, "0");
        assertSame(new ConfigDescriber(config(start)).broker(), kafka);
    }

    @ParameterizedTest
    @MethodSource("starts")
    void topic(Map<String, String> start) {
        for (Map<String, String> overrides : List.of(
                Map.<String, String>of(),
                Map.of("retention.ms", "5", "cleanup.policy", "compact, delete", "segment.bytes", " 2000000"),
                Map.of("flush.ms", "5", "internal.segment.bytes", "100", "segment.jitter.ms", "7"))) {
            var kafka = new KafkaPeer(start)
                    .set(ConfigResource.Type.TOPIC, "t", overrides)
                    .describe(ConfigResource.Type.TOPIC, "t");
            assertSame(new ConfigDescriber(config(start)).topic(overrides), kafka);
        }
    }

    @ParameterizedTest
    @MethodSource("starts")
    void group(Map<String, String> start) {
        for (Map<String, String> overrides : List.of(
                Map.<String, String>of(),
                Map.of("share.auto.offset.reset", "earliest", "consumer.session.timeout.ms", "50000"),
                Map.of("streams.assignor.name", "sticky", "streams.num.warmup.replicas", "1"))) {
            var kafka = new KafkaPeer(start)
                    .set(ConfigResource.Type.GROUP, "g", overrides)
                    .describe(ConfigResource.Type.GROUP, "g");
            assertSame(new ConfigDescriber(config(start)).group(overrides), kafka);
        }
    }

    @Test
    void clientMetrics() {
        for (Map<String, String> values : List.of(
                Map.<String, String>of(),
                Map.of("interval.ms", "5000"),
                Map.of("interval.ms", "5000", "metrics", "a., b.", "match", "client_id=x"))) {
            var kafka = new KafkaPeer(Map.of())
                    .set(ConfigResource.Type.CLIENT_METRICS, "m", values)
                    .describe(ConfigResource.Type.CLIENT_METRICS, "m");
            assertSame(new ConfigDescriber(config(Map.of())).clientMetrics(values), kafka);
        }
    }

    @Test
    void runTimeSettingsStandBeforeThoseOfTheStart() {
        var start = Map.of("log.retention.ms", "1000", "log.retention.hours", "2", "message.max.bytes", "3000");
        var forAll = Map.of(
                "log.retention.ms", "2000", "message.max.bytes", "4000", "leader.replication.throttled.rate", "9");
        var forThis = Map.of("message.max.bytes", "5000", "listener.name.ssl.ssl.keystore.password", "pw");
        var peer = new KafkaPeer(start);
        peer.config.dynamicConfig().initialize(scala.Option.empty());
        peer.config.dynamicConfig().updateDefaultConfig(properties(forAll), false);
        peer.config.dynamicConfig().updateBrokerConfig(1, properties(forThis), false);
        var ours = new ConfigDescriber(config(start).withDynamic(forAll, forThis));

        assertSame(ours.broker(), peer.describe(ConfigResource.Type.BROKER, "0"));
        assertSame(ours.allBrokers(), peer.describe(ConfigResource.Type.BROKER, ""));
        assertSame(ours.topic(Map.of()), peer.describe(ConfigResource.Type.TOPIC, "t"));
    }

    private static BrokerConfig config(Map<String, String> start) {
        var all = new TreeMap<>(START);
        all.putAll(start);
        return BrokerConfig.parse(all);
    }

    private static Properties properties(Map<String, String> values) {
        var properties = new Properties();
        properties.putAll(values);
        return properties;
    }

    private static void assertSame(List<Described> ours, DescribeConfigsResult kafka) {
        assertThat(kafka.errorMessage()).isEmpty();
        var theirs = new TreeMap<String, String>();
        kafka.configs()
                .forEach(each -> theirs.put(
                        each.name(),
                        each.value() + " source " + each.configSource() + (each.readOnly() ? " read-only" : "")
                                + (each.isSensitive() ? " secret" : "") + " type " + each.configType() + " synonyms "
                                + each.synonyms().stream()
                                        .map(s -> s.name() + "=" + s.value() + "@" + s.source())
                                        .toList()));
        var mine = new TreeMap<String, String>();
        ours.forEach(each -> mine.put(
                each.name(),
                each.value() + " source " + each.source().wireId() + (each.isReadOnly() ? " read-only" : "")
                        + (each.isSensitive() ? " secret" : "") + " type " + each.wireType() + " synonyms "
                        + each.synonyms().stream()
                                .map(s -> s.name() + "=" + s.value() + "@"
                                        + s.source().wireId())
                                .toList()));
        var differences = new ArrayList<String>();
        var names = new TreeSet<>(mine.keySet());
        names.addAll(theirs.keySet());
        for (String name : names) {
            if (!Objects.equals(mine.get(name), theirs.get(name))) {
                differences.add(name + "\n  ours:  " + mine.get(name) + "\n  Kafka: " + theirs.get(name));
            }
        }
        assertThat(String.join("\n", differences)).isEmpty();
    }
}
