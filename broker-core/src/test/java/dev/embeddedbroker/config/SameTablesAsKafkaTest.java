package dev.embeddedbroker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our tables of settings against those of Apache Kafka 4.4.0. */
class SameTablesAsKafkaTest {
    @ParameterizedTest
    @EnumSource(Scope.class)
    void everySettingOfKafkaIsThereAndNoOther(Scope scope) {
        assertThat(new TreeSet<>(KafkaTables.names(ConfigTable.of(scope))))
                .isEqualTo(new TreeSet<>(KafkaTables.of(scope).names()));
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void typeDefaultImportanceAndSecrecyAreKafkas(Scope scope) {
        var theirs = KafkaTables.of(scope).configKeys();
        var differences = new ArrayList<String>();
        for (ConfigKey<?> ours : ConfigTable.of(scope).keys()) {
            var key = theirs.get(ours.name());
            compare(differences, ours, "type", ours.type().name(), key.type.name());
            compare(differences, ours, "wire type", (int) ours.type().wireId(), wireType(key.type));
            compare(differences, ours, "importance", ours.importance().name(), key.importance.name());
            compare(differences, ours, "required", ours.isRequired(), !key.hasDefault());
            compare(differences, ours, "internal", ours.isInternal(), key.internalConfig);
            compare(differences, ours, "sensitive", ours.isSensitive(), key.type == ConfigDef.Type.PASSWORD);
            if (key.hasDefault()) {
                compare(
                        differences,
                        ours,
                        "default",
                        ours.defaultText(),
                        ConfigDef.convertToString(key.defaultValue, key.type));
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void brokerSettingsChangeAtRunTimeAsInKafka() {
        var modes = DynamicBrokerConfig.dynamicConfigUpdateModes();
        var differences = new ArrayList<String>();
        for (ConfigTable table : new ConfigTable[] {ConfigTable.of(Scope.BROKER), ConfigTable.dynamicOnly()}) {
            for (ConfigKey<?> ours : table.keys()) {
                String mode =
                        switch (ours.updateMode()) {
                            case READ_ONLY -> null;
                            case PER_BROKER -> "per-broker";
                            case CLUSTER_WIDE -> "cluster-wide";
                        };
                compare(differences, ours, "update mode", mode, modes.get(ours.name()));
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void runTimeOnlySettingsAreThoseKafkaAddsToItsDynamicTable() {
        var added = new TreeSet<>(KafkaTables.dynamic().names());
        added.removeAll(KafkaTables.of(Scope.BROKER).names());
        assertThat(new TreeSet<>(KafkaTables.names(ConfigTable.dynamicOnly()))).isEqualTo(added);
    }

    /** Kafka loads the class a CLASS setting names while it reads it; we load it where it is used. */
    @ParameterizedTest
    @EnumSource(Scope.class)
    void edgeAndRandomValuesAreTakenOrRefusedAsByKafka(Scope scope) {
        var random = new Random(42);
        var differences = new ArrayList<String>();
        for (var key : KafkaTables.of(scope).configKeys().values()) {
            if (key.type == ConfigDef.Type.CLASS) {
                continue;
            }
            for (String text : KafkaTables.texts(key, random)) {
                var ours = ConfigTable.of(scope).find(key.name);
                compare(differences, ours, "'" + text + "'", outcome(ours, text), outcome(key, text));
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String outcome(ConfigKey<?> key, String text) {
        try {
            Object value = key.parse(text);
            return key.isSensitive() ? value.toString() : ConfigType.format(value);
        } catch (InvalidConfig e) {
            return "refused";
        }
    }

    private static String outcome(ConfigDef.ConfigKey key, String text) {
        Object result = KafkaTables.parse(key, text);
        return result instanceof ConfigException ? "refused" : (String) result;
    }

    private static int wireType(ConfigDef.Type type) {
        return org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType.valueOf(type.name())
                .id();
    }

    private static void compare(
            ArrayList<String> differences, ConfigKey<?> key, String what, Object ours, Object theirs) {
        if (!java.util.Objects.equals(ours, theirs)) {
            differences.add(key + " " + what + ": " + ours + " (Kafka: " + theirs + ")");
        }
    }
}
