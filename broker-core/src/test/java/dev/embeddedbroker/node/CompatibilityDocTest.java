package dev.embeddedbroker.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.structure.GeneratedDoc;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** docs/compatibility.md is the table of requests served, beside what the protocol of Kafka 4.4 knows. */
class CompatibilityDocTest {
    @Test
    void compatibilityPageIsUpToDate() throws Exception {
        var settings = new NodeSettings("localhost", 0, null, false, Map.of(), List.of());
        try (var node = BrokerNode.start(settings)) {
            GeneratedDoc.check("compatibility.md", page(node.apis()));
        }
    }

    @Test
    void stockClientsOfThisReleaseKnowEveryVersionServed() {
        var settings = new NodeSettings("localhost", 0, null, false, Map.of(), List.of());
        try (var node = BrokerNode.start(settings)) {
            for (var entry : node.apis().entries()) {
                var theirs = org.apache.kafka.common.protocol.ApiKeys.forId(
                        entry.key().id());
                assertThat(theirs.latestVersion(false)).as(theirs.name).isEqualTo(entry.maxVersion());
            }
        }
    }

    private static String page(ApiTable table) {
        var served = new TreeMap<Short, ApiTable.Entry>();
        table.entries().forEach(entry -> served.put(entry.key().id(), entry));
        var page = new StringBuilder("""
                # Compatibility

                Requests of Apache Kafka 4.4's protocol that a client may send, and the versions this broker serves. Generated from the table
                that answers ApiVersions: see docs/testing.md. What is missing here is explained in [unsupported.md](unsupported.md).

                Tested with kafka-clients 4.4.0, 4.0.2, 3.9.2 and 2.8.2, with librdkafka through kcat, and with Kafka's command-line tools.

                | key | request | Kafka 4.4 | served |
                | --- | --- | --- | --- |
                """);
        for (ApiKey key : ApiKey.values()) {
            if (!key.onBroker() || !key.hasVersions()) {
                continue;
            }
            var entry = served.get(key.id());
            page.append("| %d | %s | %s | %s |%n"
                    .formatted(
                            key.id(),
                            key,
                            range(key.oldestVersion(), key.latestStableVersion()),
                            entry == null ? "" : range(entry.minVersion(), entry.maxVersion())));
        }
        return page.append("\n")
                .append(served.size())
                .append(" keys are served.\n")
                .toString();
    }

    private static String range(int min, int max) {
        return min == max ? String.valueOf(min) : min + "–" + max;
    }
}
