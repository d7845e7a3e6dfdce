package dev.embeddedbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import kafka.server.ControllerConfigurationValidator;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.requests.ApiError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Overrides of topics, groups and subscriptions are taken and refused, with the same error, as by Kafka's controller. */
class SameRulesAsKafkaTest {
    private static final Map<String, String> START = Map.of(
            "listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
            "group.share.assignment.interval.ms", "3000",
            "group.consumer.max.session.timeout.ms", "90000",
            "group.consumer.max.heartbeat.interval.ms", "80000",
            "log.cleaner.max.compaction.lag.ms", "500");

    private final ControllerConfigurationValidator kafka =
            new ControllerConfigurationValidator(KafkaPeer.kafkaConfig(START));
    private final BrokerConfig broker = BrokerConfig.parse(START);

    @ParameterizedTest
    @EnumSource(
            value = Scope.class,
            names = {"TOPIC", "GROUP", "CLIENT_METRICS"})
    void oneOverride(Scope scope) {
        var random = new Random(7);
        var differences = new ArrayList<String>();
        for (var key : KafkaTables.of(scope).configKeys().values()) {
            for (String text : texts(scope, key, random)) {
                compare(differences, scope, Map.of(key.name, text));
            }
        }
        assertThat(differences).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Scope.class,
            names = {"TOPIC", "GROUP", "CLIENT_METRICS"})
    void severalOverrides(Scope scope) {
        var random = new Random(8);
        var keys = List.copyOf(KafkaTables.of(scope).configKeys().values());
        var differences = new ArrayList<String>();
        for (int i = 0; i < 20_000 && differences.isEmpty(); i++) {
            var overrides = new TreeMap<String, String>();
            for (int n = 0; n < 2 + i % 3; n++) {
                var key = keys.get(random.nextInt(keys.size()));
                overrides.put(key.name, value(key, random));
            }
            compare(differences, scope, overrides);
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void unknownNames() {
        var differences = new ArrayList<String>();
        compare(differences, Scope.TOPIC, Map.of("retention.m", "x"));
        compare(differences, Scope.GROUP, Map.of("retention.ms", "x"));
        compare(differences, Scope.CLIENT_METRICS, Map.of("retention.ms", "x"));
        assertThat(differences).isEmpty();
    }

    /** Mostly values that pass alone, so that the rules between settings get their turn. */
    private static String value(org.apache.kafka.common.config.ConfigDef.ConfigKey key, Random random) {
        return switch (key.type) {
            case INT, LONG ->
                Integer.toString(random.nextInt(100) < 50 ? random.nextInt(100) : random.nextInt(100_000));
            case DOUBLE -> Double.toString(random.nextDouble());
            case BOOLEAN -> Boolean.toString(random.nextInt(10) == 0);
            default -> {
                var texts = KafkaTables.texts(key, random);
                yield texts.get(random.nextInt(texts.size()));
            }
        };
    }

    private static List<String> texts(
            Scope scope, org.apache.kafka.common.config.ConfigDef.ConfigKey key, Random random) {
        var texts = new ArrayList<>(KafkaTables.texts(key, random));
        texts.addAll(List.of("client_id=a", "client_id=a=", "client_id=[", "x=a", "client_id=", "client_id = a.* ,x"));
        texts.addAll(
                List.of("client_id=a,client_id=b", "client_id==a", "__dlq", "dlq", "sticky", "tag,tag", "99", "100"));
        return texts;
    }

    private void compare(ArrayList<String> differences, Scope scope, Map<String, String> overrides) {
        String ours = ours(scope, overrides);
        String theirs = theirs(scope, overrides);
        if (!ours.equals(theirs)) {
            differences.add(overrides + ": " + ours + " (Kafka: " + theirs + ")");
        }
    }

    private String ours(Scope scope, Map<String, String> overrides) {
        try {
            switch (scope) {
                case TOPIC -> TopicConfigRules.validate(overrides, broker);
                case GROUP -> GroupConfigRules.validate(overrides, broker);
                case CLIENT_METRICS -> ClientMetricsRules.validate("s", overrides);
                case BROKER -> throw new IllegalArgumentException();
            }
            return "taken";
        } catch (InvalidConfig e) {
            return "INVALID_CONFIG";
        } catch (MalformedChange e) {
            return "INVALID_REQUEST";
        }
    }

    private String theirs(Scope scope, Map<String, String> overrides) {
        try {
            kafka.validate(new ConfigResource(ConfigResource.Type.valueOf(scope.name()), "s"), overrides, Map.of());
            return "taken";
        } catch (ConfigException e) {
            return "INVALID_CONFIG";
        } catch (RuntimeException e) {
            return ApiError.fromThrowable(e).error().name();
        }
    }
}
