package dev.embeddedbroker.config;

import java.util.List;

/** Quotas, metrics and client telemetry. */
interface QuotaKeys {
    KeyGroup ALL_QUOTA = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> METRICS_NUM_SAMPLES =
            ALL_QUOTA.ofInt("metrics.num.samples", 2).atLeast(1).low().doc("Samples kept per metric.");
    ConfigKey<Long> METRICS_SAMPLE_WINDOW_MS = ALL_QUOTA
            .ofLong("metrics.sample.window.ms", 30_000L)
            .atLeast(1)
            .low()
            .doc("Length of one metric sample.");
    ConfigKey<List<String>> METRIC_REPORTERS = ALL_QUOTA
            .ofList("metric.reporters", List.of("org.apache.kafka.common.metrics.JmxReporter"))
            .words()
            .low()
            .clusterWide()
            .effective()
            .doc("Classes that receive metrics.");
    ConfigKey<String> METRICS_RECORDING_LEVEL =
            ALL_QUOTA.ofString("metrics.recording.level", "INFO").low().doc("Detail of the metrics that are recorded.");
    ConfigKey<List<String>> KAFKA_METRICS_REPORTERS = ALL_QUOTA
            .ofList("kafka.metrics.reporters", List.of())
            .words()
            .low()
            .doc("Classes that receive Yammer metrics.");
    ConfigKey<Integer> KAFKA_METRICS_POLLING_INTERVAL_SECS = ALL_QUOTA
            .ofInt("kafka.metrics.polling.interval.secs", 10)
            .atLeast(1)
            .low()
            .doc("Time between reads of Yammer metrics.");
    ConfigKey<Integer> TELEMETRY_MAX_BYTES = ALL_QUOTA
            .ofInt("telemetry.max.bytes", 1_048_576)
            .atLeast(1)
            .low()
            .effective()
            .doc("Largest telemetry a client may push (KIP-714).");
    ConfigKey<Integer> QUOTA_WINDOW_NUM = ALL_QUOTA
            .ofInt("quota.window.num", 11)
            .atLeast(1)
            .low()
            .effective()
            .doc("Samples kept to measure clients.");
    ConfigKey<Integer> REPLICATION_QUOTA_WINDOW_NUM = ALL_QUOTA
            .ofInt("replication.quota.window.num", 11)
            .atLeast(1)
            .low()
            .doc("Samples kept to measure replication.");
    ConfigKey<Integer> ALTER_LOG_DIRS_REPLICATION_QUOTA_WINDOW_NUM = ALL_QUOTA
            .ofInt("alter.log.dirs.replication.quota.window.num", 11)
            .atLeast(1)
            .low()
            .doc("Samples kept to measure moves between directories.");
    ConfigKey<Integer> CONTROLLER_QUOTA_WINDOW_NUM = ALL_QUOTA
            .ofInt("controller.quota.window.num", 11)
            .atLeast(1)
            .low()
            .effective()
            .doc("Samples kept to measure changes of topics.");
    ConfigKey<Integer> QUOTA_WINDOW_SIZE_SECONDS = ALL_QUOTA
            .ofInt("quota.window.size.seconds", 1)
            .atLeast(1)
            .low()
            .effective()
            .doc("Length of one sample of a client.");
    ConfigKey<Integer> REPLICATION_QUOTA_WINDOW_SIZE_SECONDS = ALL_QUOTA
            .ofInt("replication.quota.window.size.seconds", 1)
            .atLeast(1)
            .low()
            .doc("Length of one sample of replication.");
    ConfigKey<Integer> ALTER_LOG_DIRS_REPLICATION_QUOTA_WINDOW_SIZE_SECONDS = ALL_QUOTA
            .ofInt("alter.log.dirs.replication.quota.window.size.seconds", 1)
            .atLeast(1)
            .low()
            .doc("Length of one sample of moves between directories.");
    ConfigKey<Integer> CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS = ALL_QUOTA
            .ofInt("controller.quota.window.size.seconds", 1)
            .atLeast(1)
            .low()
            .effective()
            .doc("Length of one sample of changes of topics.");
    ConfigKey<String> CLIENT_QUOTA_CALLBACK_CLASS = ALL_QUOTA
            .ofClass("client.quota.callback.class", null)
            .low()
            .effective()
            .doc("Class that decides the quotas of clients.");
}
