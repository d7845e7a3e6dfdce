package dev.embeddedbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

/** A broker's settings are taken and refused, at the start and at run time, as by Kafka's. */
class SameBrokerRulesAsKafkaTest {
    /** Settings about listeners, the quorum and classes are judged by who uses them. */
    private static final Set<String> JUDGED_ELSEWHERE = Set.of(
            "broker.id", // ours gives the number to node.id, which the user of Kafka has to set
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "inter.broker.listener.name",
            "security.inter.broker.protocol",
            "early.start.listeners",
            "controller.listener.names",
            "controller.quorum.voters",
            "controller.quorum.bootstrap.servers",
            "process.roles",
            "sasl.mechanism.inter.broker.protocol",
            "sasl.enabled.mechanisms",
            "cordoned.log.dirs",
            "group.coordinator.rebalance.protocols",
            "group.consumer.assignors",
            "group.share.assignors",
            "group.streams.assignors",
            "compression.type",
            "metrics.recording.level",
            "offsets.topic.compression.codec",
            "share.coordinator.state.topic.compression.codec");

    /** In Kafka their owners have a say too, and no owner is registered here; providers are resolved before. */
    private static final Set<String> NOT_COMPARED_AT_RUN_TIME = Set.of(
            "num.io.threads",
            "num.network.threads",
            "num.replica.fetchers",
            "num.recovery.threads.per.data.dir",
            "background.threads",
            "log.cleaner.threads",
            "config.providers");

    @Test
    void oneSettingAtTheStart() {
        var random = new Random(11);
        var differences = new ArrayList<String>();
        for (var key : keys()) {
            for (String text : KafkaTables.texts(key, random)) {
                compareStart(differences, Map.of(key.name, text));
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void severalSettingsAtTheStart() {
        var random = new Random(12);
        var numbers = keys().stream()
                .filter(key -> key.type == ConfigDef.Type.INT || key.type == ConfigDef.Type.LONG)
                .toList();
        var differences = new ArrayList<String>();
        for (int i = 0; i < 1_500; i++) {
            var start = new TreeMap<String, String>();
            for (int n = 0; n < 3; n++) {
                var key = numbers.get(random.nextInt(numbers.size()));
                start.put(key.name, value(key, random));
            }
            compareStart(differences, start);
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void oneSettingAtRunTime() {
        var random = new Random(13);
        var peer = new KafkaPeer(Map.of());
        peer.config.dynamicConfig().initialize(scala.Option.empty());
        var now = BrokerConfig.parse(Map.of());
        var differences = new ArrayList<String>();
        for (var key : keys()) {
            if (NOT_COMPARED_AT_RUN_TIME.contains(key.name)) {
                continue;
            }
            var texts = KafkaTables.texts(key, random);
            boolean dynamic = ConfigTable.of(Scope.BROKER).find(key.name).updateMode() != UpdateMode.READ_ONLY;
            for (String text : dynamic ? texts : texts.subList(5, 6)) {
                for (boolean perBroker : List.of(true, false)) {
                    compareRunTime(differences, peer, now, Map.of(key.name, text), perBroker);
                    compareRunTime(
                            differences, peer, now, Map.of("listener.name.plaintext." + key.name, text), perBroker);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static List<ConfigDef.ConfigKey> keys() {
        return KafkaTables.of(Scope.BROKER).configKeys().values().stream()
                .filter(key -> key.type != ConfigDef.Type.CLASS && !JUDGED_ELSEWHERE.contains(key.name))
                .toList();
    }

    private static String value(ConfigDef.ConfigKey key, Random random) {
        long usual = key.defaultValue instanceof Number number ? number.longValue() : 1000;
        return Long.toString(
                switch (random.nextInt(4)) {
                    case 0 -> usual / 2;
                    case 1 -> Math.min(usual, 1_000_000) * 2;
                    case 2 -> random.nextInt(100_000);
                    default -> random.nextInt(20);
                });
    }

    private static void compareStart(List<String> differences, Map<String, String> start) {
        compare(
                differences,
                start.toString(),
                ours(() -> BrokerConfig.parse(start)),
                theirs(() -> KafkaPeer.kafkaConfig(start), false));
    }

    private static void compareRunTime(
            List<String> differences, KafkaPeer peer, BrokerConfig now, Map<String, String> values, boolean perBroker) {
        var properties = new Properties();
        properties.putAll(values);
        compare(
                differences,
                values + (perBroker ? " for one" : " for all"),
                ours(() -> DynamicBrokerRules.validate(values, perBroker, now)),
                theirs(() -> peer.config.dynamicConfig().validate(properties, perBroker), true));
    }

    private static void compare(List<String> differences, String what, String ours, String theirs) {
        if (!ours.substring(0, 5).equals(theirs.substring(0, 5))) {
            differences.add(what + "\n  ours:  " + ours + "\n  Kafka: " + theirs);
        }
    }

    private static String ours(Runnable validation) {
        try {
            validation.run();
            return "taken";
        } catch (InvalidConfig | MalformedChange e) {
            return "refused: " + e.getMessage();
        }
    }

    private static String theirs(Runnable validation, boolean atRunTime) {
        try {
            validation.run();
            return "taken";
        } catch (ArithmeticException e) { // Kafka divides by log.cleaner.threads, which may be 0 at the start only
            return atRunTime ? "refused: " + e.getMessage() : "taken";
        } catch (ConfigException | IllegalArgumentException e) {
            return "refused: " + e.getMessage();
        }
    }
}
