package dev.embeddedbroker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.storage.batch.BatchRules;
import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.log.LogOptions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {
    @Test
    void onlyTheListedDefaultsDifferFromKafkas() {
        var config = BrokerConfig.parse(Map.of());
        var different = new TreeMap<String, String>();
        for (ConfigKey<?> key : ConfigTable.of(Scope.BROKER).keys()) {
            Object value = config.find(key);
            if (value != null && !value.equals(key.defaultValue())) {
                different.put(key.name(), ConfigType.format(value));
            }
        }
        var listed = new TreeMap<String, String>(Map.of("broker.id", "0")); // the older name of node.id
        EmbeddedDefaults.ALL.forEach(each -> listed.put(each.key().name(), each.value()));
        assertThat(different).isEqualTo(listed);
        assertThat(EmbeddedDefaults.ALL).allMatch(each -> !each.reason().isBlank());
    }

    @Test
    void wordOfTheUserReplacesOurDefault() {
        var config = BrokerConfig.parse(Map.of("group.initial.rebalance.delay.ms", "250", "broker.id", "7"));
        assertThat(config.get(BrokerKeys.GROUP_INITIAL_REBALANCE_DELAY_MS)).isEqualTo(250);
        assertThat(config.get(BrokerKeys.NODE_ID)).isEqualTo(7);
    }

    @Test
    void messageGivesNameValueAndWhatWasExpected() {
        assertThatThrownBy(() -> BrokerConfig.parse(Map.of("log.segment.bytes", "12")))
                .isInstanceOf(InvalidConfig.class)
                .hasMessage("log.segment.bytes is 12 (expected: >= 1048576)");
        assertThatThrownBy(() -> BrokerConfig.parse(Map.of("num.partitions", "many")))
                .hasMessage("num.partitions is many (expected: a whole number between -2147483648 and 2147483647)");
    }

    @Test
    void slipOfTheKeyboardFindsTheNameThatWasMeant() {
        var table = ConfigTable.of(Scope.BROKER);
        assertThat(table.nearest("log.retention.mss")).isEqualTo("log.retention.ms");
        assertThat(table.nearest("num.partition")).isEqualTo("num.partitions");
        assertThat(table.nearest("auto.create.topic.enable")).isEqualTo("auto.create.topics.enable");
        assertThat(table.nearest("mesage.max.bytse")).isEqualTo("message.max.bytes");
        assertThat(table.nearest("completely.other")).isNull();
    }

    @Test
    void listenersOwnSettingStandsBeforeTheBrokers() {
        var config = BrokerConfig.parse(Map.of("max.connections", "9", "listener.name.external.max.connections", "5"));
        assertThat(config.get(BrokerKeys.MAX_CONNECTIONS)).isEqualTo(9);
        assertThat(config.forListener("EXTERNAL").get(BrokerKeys.MAX_CONNECTIONS))
                .isEqualTo(5);
        assertThat(config.forListener("INTERNAL").get(BrokerKeys.MAX_CONNECTIONS))
                .isEqualTo(9);
    }

    @Test
    void groupOverrideStaysWithinBoundsThatWereNarrowedLater() {
        var override = Map.of("consumer.session.timeout.ms", "60000");
        var narrow = BrokerConfig.parse(Map.of("group.consumer.max.session.timeout.ms", "50000"));
        assertThat(GroupConfigRules.withinBounds(override, narrow).get(GroupKeys.CONSUMER_SESSION_TIMEOUT_MS))
                .isEqualTo(50_000);
        assertThat(GroupConfigRules.withinBounds(override, BrokerConfig.parse(Map.of()))
                        .get(GroupKeys.CONSUMER_SESSION_TIMEOUT_MS))
                .isEqualTo(60_000);
    }

    @Test
    void keyWithoutValueIsFoundNullAndNotGot() {
        var config = BrokerConfig.parse(Map.of());
        assertThat(config.find(BrokerKeys.BROKER_RACK)).isNull();
        assertThatThrownBy(() -> config.get(BrokerKeys.BROKER_RACK)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void secretDoesNotShow() {
        var config = BrokerConfig.parse(Map.of("ssl.keystore.password", "hush"));
        assertThat(config.get(BrokerKeys.SSL_KEYSTORE_PASSWORD).value()).isEqualTo("hush");
        assertThat(config.get(BrokerKeys.SSL_KEYSTORE_PASSWORD)).hasToString("[hidden]");
    }

    @Test
    void topicWithoutOverridesHasTheLogsDefaultOptions() {
        var broker = BrokerConfig.parse(Map.of());
        assertThat(TopicLogOptions.of(broker.topic(Map.of()), broker)).isEqualTo(LogOptions.DEFAULT);
    }

    @Test
    void topicOverridesReachItsLogs() {
        var broker = BrokerConfig.parse(Map.of("log.retention.hours", "2", "message.max.bytes", "5000"));
        var topic = broker.topic(Map.of(
                "cleanup.policy", "compact",
                "segment.bytes", "2000000",
                "compression.type", "zstd",
                "message.timestamp.type", "LogAppendTime"));
        var options = TopicLogOptions.of(topic, broker);
        assertThat(options.retentionMs()).isEqualTo(7_200_000);
        assertThat(options.segmentBytes()).isEqualTo(2_000_000);
        assertThat(options.compact()).isTrue();
        assertThat(options.delete()).isFalse();
        BatchRules batches = options.batches();
        assertThat(batches.compression()).isEqualTo(Compression.ZSTD);
        assertThat(batches.compressionLevel()).isEqualTo(3);
        assertThat(batches.logAppendTime()).isTrue();
        assertThat(batches.compacted()).isTrue();
        assertThat(batches.maxMessageBytes()).isEqualTo(5000);
    }
}
