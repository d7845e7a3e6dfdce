package dev.embeddedbroker.config;

import java.util.List;

/** What fits no other subject: threads, fetching, topics' creation and deletion, policies. */
interface ServerKeys {
    KeyGroup ALL_SERVER = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> NUM_IO_THREADS = ALL_SERVER
            .ofInt("num.io.threads", 8)
            .atLeast(1)
            .high()
            .clusterWide()
            .doc("Threads that handle requests.");
    ConfigKey<Integer> BACKGROUND_THREADS = ALL_SERVER
            .ofInt("background.threads", 10)
            .atLeast(1)
            .high()
            .clusterWide()
            .doc("Threads for background work.");
    ConfigKey<Integer> REQUEST_TIMEOUT_MS =
            ALL_SERVER.ofInt("request.timeout.ms", 30_000).high().doc("Longest wait of a request this broker sends.");
    ConfigKey<List<String>> CONFIG_PROVIDERS = ALL_SERVER
            .ofList("config.providers", List.of())
            .words()
            .low()
            .clusterWide()
            .doc("Names of plug-ins that fill in variables of this configuration.");
    ConfigKey<Boolean> DELETE_TOPIC_ENABLE =
            ALL_SERVER.ofBoolean("delete.topic.enable", true).high().effective().doc("Topics may be deleted.");
    ConfigKey<Integer> MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = ALL_SERVER
            .ofInt("max.incremental.fetch.session.cache.slots", 1000)
            .atLeast(0)
            .effective()
            .doc("Fetch sessions kept at once (KIP-227).");
    ConfigKey<Integer> FETCH_MAX_BYTES = ALL_SERVER
            .ofInt("fetch.max.bytes", 57_671_680)
            .atLeast(1024)
            .effective()
            .doc("Most bytes one fetch answer carries; the first batch always fits.");
    ConfigKey<Integer> MAX_REQUEST_PARTITION_SIZE_LIMIT = ALL_SERVER
            .ofInt("max.request.partition.size.limit", 2000)
            .atLeast(1)
            .effective()
            .doc("Most partitions one paged describe answer names.");
    ConfigKey<Integer> FETCH_PURGATORY_PURGE_INTERVAL_REQUESTS = ALL_SERVER
            .ofInt("fetch.purgatory.purge.interval.requests", 1000)
            .doc("Answered fetches kept before a clean-up.");
    ConfigKey<Integer> PRODUCER_PURGATORY_PURGE_INTERVAL_REQUESTS = ALL_SERVER
            .ofInt("producer.purgatory.purge.interval.requests", 1000)
            .doc("Answered produce requests kept before a clean-up.");
    ConfigKey<Integer> DELETE_RECORDS_PURGATORY_PURGE_INTERVAL_REQUESTS = ALL_SERVER
            .ofInt("delete.records.purgatory.purge.interval.requests", 1)
            .doc("Answered DeleteRecords requests kept before a clean-up.");
    ConfigKey<Boolean> AUTO_CREATE_TOPICS_ENABLE = ALL_SERVER
            .ofBoolean("auto.create.topics.enable", true)
            .high()
            .effective()
            .doc("A topic that a client asks for is created when missing.");
    ConfigKey<String> CREATE_TOPIC_POLICY_CLASS_NAME = ALL_SERVER
            .ofClass("create.topic.policy.class.name", null)
            .low()
            .effective()
            .doc("Class that may refuse the creation of a topic.");
    ConfigKey<String> ALTER_CONFIG_POLICY_CLASS_NAME = ALL_SERVER
            .ofClass("alter.config.policy.class.name", null)
            .low()
            .effective()
            .doc("Class that may refuse a change of settings.");
}
