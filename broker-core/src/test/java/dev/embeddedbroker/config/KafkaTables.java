package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import kafka.server.KafkaConfig$;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.DynamicConfig;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Apache Kafka's own tables of settings, and values to try on them. */
final class KafkaTables {
    private KafkaTables() {}

    static ConfigDef of(Scope scope) {
        return switch (scope) {
            case BROKER -> KafkaConfig$.MODULE$.configDef();
            case TOPIC -> LogConfig.configDefCopy();
            case GROUP -> GroupConfig.CONFIG_DEF;
            case CLIENT_METRICS -> (ConfigDef) staticField(ClientMetricsConfigs.class, "CONFIG");
        };
    }

    static ConfigDef dynamic() {
        return (ConfigDef) staticField(DynamicConfig.Broker.class, "BROKER_CONFIGS");
    }

    private static Object staticField(Class<?> owner, String name) {
        try {
            var field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** What Kafka makes of a text: the parsed value, or the exception's message. */
    static Object parse(ConfigDef.ConfigKey key, String text) {
        try {
            Object value =
                    new ConfigDef().define(key).parse(Map.of(key.name, text)).get(key.name);
            return ConfigDef.convertToString(value, key.type);
        } catch (ConfigException e) {
            return e;
        } catch (IllegalArgumentException e) { // a port beyond 65535 gets past Kafka's own checks
            return new ConfigException(e.getMessage());
        }
    }

    /** Edge cases of every kind, the bounds of this key's own range, and a few random ones. */
    static List<String> texts(ConfigDef.ConfigKey key, Random random) {
        var texts = new ArrayList<>(List.of(
                "",
                " ",
                "0",
                "-1",
                "1",
                "-2",
                " 7 ",
                "2147483647",
                "2147483648",
                "-2147483648",
                "-2147483649",
                "32768",
                "+5",
                "9223372036854775807",
                "9223372036854775808",
                "0.5",
                "1.0",
                "1.1",
                "-0.1",
                "NaN",
                "1e3",
                "0x10",
                "true",
                "FALSE",
                "yes",
                "a",
                "a,b",
                "a,,b",
                "a , b",
                ",",
                "a,a",
                "*",
                "delete",
                "compact,delete",
                "delete,delete",
                "Compact",
                "producer",
                "gzip",
                "GZIP",
                "none",
                "CreateTime",
                "latest",
                "earliest",
                "by_duration:PT1H",
                "by_duration:-PT1H",
                "by_duration:x",
                "by_duration:",
                "0:1",
                "0:1,1:2",
                "0:x",
                "*,0:1",
                "1@localhost:9093",
                "1@localhost",
                "localhost:9092",
                "localhost:99999",
                "[::1]:9092",
                "x@y:1",
                "consumer",
                "broker",
                "broker,controller",
                "upgrade",
                "rs256",
                "required"));
        String validator = String.valueOf(key.validator);
        for (String number : validator.split("[^0-9-]+")) {
            if (number.length() > 0 && number.length() < 19 && !number.endsWith("-")) {
                long bound = Long.parseLong(number);
                texts.addAll(List.of("" + (bound - 1), "" + bound, "" + (bound + 1)));
            }
        }
        for (String word : validator.split("[^A-Za-z_]+")) {
            if (!word.isEmpty()) {
                texts.add(word);
            }
        }
        for (int i = 0; i < 20; i++) {
            texts.add(Long.toString(random.nextLong() >> random.nextInt(64)));
        }
        return texts;
    }

    static Set<String> names(ConfigTable table) {
        var names = new HashSet<String>();
        table.keys().forEach(key -> names.add(key.name()));
        return names;
    }
}
