package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What DescribeConfigs says of a broker, a topic, a group or a client metrics subscription (KIP-133, KIP-226). */
public final class ConfigDescriber {
    private final BrokerConfig config;

    public ConfigDescriber(BrokerConfig config) {
        this.config = config;
    }

    /** This broker's settings: all that are not internal, and all that were given. */
    public List<Described> broker() {
        var described = new ArrayList<Described>();
        var given = new TreeSet<>(config.view().texts().keySet());
        for (ConfigKey<?> key : ConfigTable.of(Scope.BROKER).keys()) {
            if (!key.isInternal()) {
                described.add(ofBroker(key.name(), textOf(config.view(), key), key));
                given.remove(key.name());
            }
        }
        for (String name : given) {
            described.add(ofBroker(name, config.view().texts().get(name), BrokerConfig.keyOf(name)));
        }
        return described;
    }

    /** What was set at run time for all brokers. */
    public List<Described> allBrokers() {
        var described = new ArrayList<Described>();
        config.dynamicForAll().forEach((name, value) -> {
            Described one = ofBroker(name, value, BrokerConfig.keyOf(name));
            var synonyms = one.synonyms().stream()
                    .filter(synonym -> synonym.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER)
                    .toList();
            var source =
                    synonyms.isEmpty() ? ConfigSource.DEFAULT : synonyms.get(0).source();
            described.add(
                    new Described(name, one.value(), source, one.isReadOnly(), one.isSensitive(), synonyms, one.key()));
        });
        return described;
    }

    private Described ofBroker(String name, @Nullable String value, @Nullable ConfigKey<?> key) {
        boolean sensitive = key == null || key.isSensitive();
        var synonyms = synonyms(name, sensitive);
        boolean readOnly = BrokerConfig.updateMode(name) == UpdateMode.READ_ONLY;
        return new Described(name, sensitive ? null : value, sourceOf(synonyms), readOnly, sensitive, synonyms, key);
    }

    /** A topic's settings. */
    public List<Described> topic(Map<String, String> overrides) {
        ConfigView view = config.topic(overrides);
        var described = new ArrayList<Described>();
        for (ConfigKey<?> key : ConfigTable.of(Scope.TOPIC).keys()) {
            if (key.isInternal() && !overrides.containsKey(key.name())) {
                continue;
            }
            String value = textOf(view, key);
            var synonyms = new ArrayList<Described.Synonym>();
            if (overrides.containsKey(key.name())) {
                synonyms.add(new Described.Synonym(key.name(), value, ConfigSource.TOPIC));
            }
            var brokers = TopicSynonyms.of(key);
            if (!brokers.isEmpty()) {
                synonyms.addAll(synonyms(brokers.get(0).key().name(), false));
            }
            described.add(new Described(key.name(), value, sourceOf(synonyms), false, false, synonyms, key));
        }
        return described;
    }

    /** A group's settings. */
    public List<Described> group(Map<String, String> overrides) {
        ConfigView view = config.group(overrides);
        var described = new ArrayList<Described>();
        for (ConfigKey<?> key : ConfigTable.of(Scope.GROUP).keys()) {
            boolean overridden = overrides.containsKey(key.name());
            if (key.isInternal() && !overridden) {
                continue;
            }
            String value = textOf(view, key);
            var synonyms = new ArrayList<Described.Synonym>();
            if (overridden) {
                synonyms.add(new Described.Synonym(key.name(), value, ConfigSource.GROUP));
            }
            ConfigKey<?> broker = GroupSynonyms.of(key);
            if (broker != null) {
                synonyms.addAll(synonyms(broker.name(), false));
            } else if (key.defaultText() != null) {
                synonyms.add(new Described.Synonym(key.name(), key.defaultText(), ConfigSource.DEFAULT));
            }
            described.add(new Described(key.name(), value, sourceOf(synonyms), false, false, synonyms, key));
        }
        return described;
    }

    /** A client metrics subscription's settings. */
    public List<Described> clientMetrics(Map<String, String> values) {
        var described = new ArrayList<Described>();
        ConfigView view = ConfigView.of(Scope.CLIENT_METRICS, values);
        for (ConfigKey<?> key : ConfigTable.of(Scope.CLIENT_METRICS).keys()) {
            String value = textOf(view, key);
            var synonyms = new ArrayList<Described.Synonym>();
            if (values.containsKey(key.name())) {
                synonyms.add(new Described.Synonym(key.name(), value, ConfigSource.CLIENT_METRICS));
            }
            described.add(new Described(key.name(), value, sourceOf(synonyms), false, false, synonyms, key));
        }
        return described;
    }

    private List<Described.Synonym> synonyms(String brokerSetting, boolean sensitive) {
        var synonyms = new ArrayList<Described.Synonym>();
        for (BrokerConfig.Synonym each : config.synonyms(brokerSetting)) {
            synonyms.add(new Described.Synonym(each.name(), sensitive ? null : each.value(), each.source()));
        }
        return synonyms;
    }

    private static ConfigSource sourceOf(List<Described.Synonym> synonyms) {
        return synonyms.isEmpty() ? ConfigSource.DEFAULT : synonyms.get(0).source();
    }

    private static @Nullable String textOf(ConfigView view, ConfigKey<?> key) {
        Object value = view.find(key);
        return value == null ? null : ConfigType.format(value);
    }
}
