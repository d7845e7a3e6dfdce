package dev.embeddedbroker.config;

import java.util.List;

/** The settings of a client metrics subscription (KIP-714). */
public interface ClientMetricsKeys {
    KeyGroup ALL_CLIENT_METRICS = new KeyGroup(Scope.CLIENT_METRICS);

    ConfigKey<List<String>> METRICS = ALL_CLIENT_METRICS
            .ofList("metrics", List.of())
            .words()
            .effective()
            .doc("Names, or starts of names, of the metrics clients push (KIP-714).");
    ConfigKey<Integer> INTERVAL_MS =
            ALL_CLIENT_METRICS.ofInt("interval.ms", 300_000).effective().doc("Time between two pushes of a client.");
    ConfigKey<List<String>> MATCH = ALL_CLIENT_METRICS
            .ofList("match", List.of())
            .words()
            .effective()
            .doc("Patterns of the clients that push, as label=regex.");
}
