package dev.embeddedbroker.config;

import dev.embeddedbroker.structure.GeneratedDoc;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is the tables of settings. */
class ConfigurationDocTest {
    @Test
    void configurationPageIsUpToDate() throws Exception {
        var page = new StringBuilder("""
            # Configuration

            Every setting of Apache Kafka 4.4 is known here under its name, with its type, default and range, is checked and described as Kafka
            does it (`SameTablesAsKafkaTest`, `DescribedAsByKafkaTest`). Not every one changes what this broker does: **effective** ones do; the
            others are *accepted*. Generated from the code: see docs/testing.md.

            Settings are given to `EmbeddedBroker.builder().config(name, value)`, or at run time by any Admin client: for one broker or for all,
            where the table says so. What is set at run time acts at once (`DynamicSettingsTest`), but for `listeners`,
                `listener.security.protocol.map`, `num.network.threads` and `metric.reporters`, which count at the start only.

            """);
        page.append("## Defaults that differ from Kafka's\n\nThey count as if they stood in the properties file.\n\n")
                .append("| setting | value | why |\n| --- | --- | --- |\n");
        for (EmbeddedDefaults.Entry entry : EmbeddedDefaults.ALL) {
            page.append(row(entry.key().name(), code(entry.value()), entry.reason()));
        }
        table(page, "Broker", Scope.BROKER, "at run time");
        page.append("\nOnly at run time:\n\n");
        rows(page, ConfigTable.dynamicOnly().keys(), Scope.BROKER, "at run time");
        table(page, "Topic", Scope.TOPIC, "falls back on");
        table(page, "Group", Scope.GROUP, "falls back on");
        table(page, "Client metrics subscription", Scope.CLIENT_METRICS, "falls back on");
        GeneratedDoc.check("configuration.md", page.toString());
    }

    private static void table(StringBuilder page, String title, Scope scope, String column) {
        var keys = ConfigTable.of(scope).keys();
        page.append("\n## ").append(title).append("\n\n");
        page.append(keys.stream().filter(ConfigKey::isEffective).count())
                .append(" of ")
                .append(keys.size())
                .append(" settings are effective.\n\n");
        rows(page, keys, scope, column);
    }

    private static void rows(StringBuilder page, List<ConfigKey<?>> keys, Scope scope, String column) {
        page.append("| setting | type | default | valid | ").append(column).append(" | | what it is |\n");
        page.append("| --- | --- | --- | --- | --- | --- | --- |\n");
        keys.stream().sorted(Comparator.comparing(ConfigKey::name)).forEach(key -> {
            String fallsBack = scope == Scope.BROKER ? changes(key) : fallsBackOn(key);
            page.append(row(
                    key.name(),
                    key.type().name().toLowerCase(java.util.Locale.ROOT),
                    code(key.isSensitive() ? null : key.defaultText()),
                    key.expected(),
                    fallsBack,
                    key.isEffective() ? "**effective**" : "accepted",
                    (key.isInternal() ? "Internal. " : "") + key.doc()));
        });
    }

    private static String changes(ConfigKey<?> key) {
        return switch (key.updateMode()) {
            case READ_ONLY -> "";
            case PER_BROKER -> "one broker";
            case CLUSTER_WIDE -> "one broker or all";
        };
    }

    private static String fallsBackOn(ConfigKey<?> key) {
        if (key.scope() == Scope.TOPIC) {
            return TopicSynonyms.of(key).stream()
                    .map(synonym -> synonym.key().name())
                    .collect(Collectors.joining(", "));
        }
        var broker = key.scope() == Scope.GROUP ? GroupSynonyms.of(key) : null;
        return broker == null ? "" : broker.name();
    }

    private static String code(String value) {
        return value == null ? "none" : value.isEmpty() ? "empty" : "`" + value + "`";
    }

    private static String row(String... cells) {
        return "| "
                + List.of(cells).stream()
                        .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
                        .collect(Collectors.joining(" | "))
                + " |\n";
    }
}
