package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of one broker in its layers: Kafka's defaults, what the broker was started with, what was set at run
 * time for all brokers, and for this one. Immutable; a change makes a new one. Topics and groups get their views from it.
 */
public final class BrokerConfig {
    private static final Logger log = LoggerFactory.getLogger(BrokerConfig.class);

    /** One of the names a value was given under, for DescribeConfigs. */
    public record Synonym(String name, String value, ConfigSource source) {}

    private final Map<String, String> atStart;
    private final Map<String, String> forAll;
    private final Map<String, String> forThis;
    private final ConfigView view;
    private final ConfigView topicDefaults;

    private BrokerConfig(Map<String, String> atStart, Map<String, String> forAll, Map<String, String> forThis) {
        this.atStart = Map.copyOf(atStart);
        this.forAll = Map.copyOf(forAll);
        this.forThis = Map.copyOf(forThis);
        this.view = ConfigView.of(Scope.BROKER, inForce());
        this.topicDefaults = TopicSynonyms.topicDefaults(view);
    }

    /**
     * The configuration of a broker started with these properties over {@link EmbeddedDefaults}. An {@link InvalidConfig}
     * tells what cannot be accepted; a name no setting has is passed over with a warning that names the nearest one.
     */
    public static BrokerConfig parse(Map<String, String> properties) {
        var texts = EmbeddedDefaults.texts();
        texts.putAll(properties);
        String nodeId = properties.getOrDefault("node.id", properties.get("broker.id"));
        if (nodeId != null) {
            texts.put("node.id", nodeId);
        }
        texts.put("broker.id", properties.getOrDefault("broker.id", texts.getOrDefault("node.id", "")));
        warnOfUnknown(properties);
        var config = new BrokerConfig(texts, Map.of(), Map.of());
        BrokerRules.validate(config);
        return config;
    }

    /** The same start, with these settings of run time in place of earlier ones. */
    public BrokerConfig withDynamic(Map<String, String> forAll, Map<String, String> forThis) {
        return new BrokerConfig(atStart, forAll, forThis);
    }

    private static void warnOfUnknown(Map<String, String> properties) {
        for (String name : properties.keySet()) {
            if (isKnown(name)) {
                continue;
            }
            String nearest = ConfigTable.of(Scope.BROKER).nearest(name);
            if (nearest == null) {
                log.warn("Setting {} is not known and has no effect", name);
            } else {
                log.warn("Setting {} is not known and has no effect; did you mean {}?", name, nearest);
            }
        }
    }

    private static boolean isKnown(String name) {
        return keyOf(name) != null
                || name.startsWith(FeatureSettings.PREFIX)
                || name.startsWith("rsm.config.")
                || name.startsWith("rlmm.config.")
                || name.startsWith("config.providers.");
    }

    /** The setting behind a name of the start or of run time, also behind a listener's own; null when there is none. */
    static @Nullable ConfigKey<?> keyOf(String name) {
        String general = ListenerSettings.generalName(name);
        ConfigKey<?> key = ConfigTable.of(Scope.BROKER).find(general == null ? name : general);
        return key != null ? key : ConfigTable.dynamicOnly().find(name);
    }

    /** Whether this very name may be set at run time; a listener's own setting is not in Kafka's list of names. */
    static UpdateMode updateMode(String name) {
        ConfigKey<?> key = ConfigTable.of(Scope.BROKER).find(name);
        if (key == null) {
            key = ConfigTable.dynamicOnly().find(name);
        }
        return key == null ? UpdateMode.READ_ONLY : key.updateMode();
    }

    /** A value set at run time replaces all names of its setting that were given earlier, whichever is finer. */
    private Map<String, String> inForce() {
        if (forAll.isEmpty() && forThis.isEmpty()) {
            return atStart;
        }
        var texts = new HashMap<>(atStart);
        replace(texts, forAll);
        replace(texts, forThis);
        return texts;
    }

    private static void replace(Map<String, String> texts, Map<String, String> newer) {
        for (String name : newer.keySet()) {
            BrokerSynonyms.ofGeneral(name).forEach(texts::remove);
        }
        texts.putAll(newer);
    }

    public <T> T get(ConfigKey<T> key) {
        return view.get(key);
    }

    public <T> @Nullable T find(ConfigKey<T> key) {
        return view.find(key);
    }

    /** The broker's own values. */
    public ConfigView view() {
        return view;
    }

    /** The values for one listener, where {@code listener.name.LISTENER.} stands before those that are its own. */
    public ConfigView forListener(String listener) {
        String prefix = ListenerSettings.prefix(listener);
        var texts = new HashMap<>(view.texts());
        for (var given : view.texts().entrySet()) {
            if (given.getKey().startsWith(prefix)) {
                texts.put(given.getKey().substring(prefix.length()), given.getValue());
            }
        }
        return ConfigView.of(Scope.BROKER, texts);
    }

    /** The values of a topic with these overrides. */
    public ConfigView topic(Map<String, String> overrides) {
        return overrides.isEmpty() ? topicDefaults : ConfigView.of(Scope.TOPIC, overrides, topicDefaults);
    }

    /** The values of a group with these overrides. */
    public ConfigView group(Map<String, String> overrides) {
        return ConfigView.of(Scope.GROUP, overrides, GroupSynonyms.groupDefaults(view));
    }

    /** What the broker was started with, by name. */
    public Map<String, String> atStart() {
        return atStart;
    }

    /** What was set at run time for all brokers. */
    public Map<String, String> dynamicForAll() {
        return forAll;
    }

    /** What was set at run time for this broker. */
    public Map<String, String> dynamicForThis() {
        return forThis;
    }

    /** Everything given for a broker setting under any of its names, the one in force first (KIP-226). */
    public List<Synonym> synonyms(String name) {
        var names = BrokerSynonyms.of(name);
        var found = new ArrayList<Synonym>();
        addFound(found, names, forThis, ConfigSource.DYNAMIC_BROKER);
        addFound(found, names, forAll, ConfigSource.DYNAMIC_DEFAULT_BROKER);
        addFound(found, names, atStart, ConfigSource.STATIC_BROKER);
        addFound(found, names, defaults(names), ConfigSource.DEFAULT);
        int first = 0;
        while (first < found.size() && !found.get(first).name().equals(name)) {
            first++;
        }
        return List.copyOf(found.subList(first, found.size()));
    }

    private static void addFound(
            List<Synonym> found, List<String> names, Map<String, String> layer, ConfigSource source) {
        for (String name : names) {
            String value = layer.get(name);
            if (value != null) {
                found.add(new Synonym(name, value, source));
            }
        }
    }

    private static Map<String, String> defaults(List<String> names) {
        var defaults = new LinkedHashMap<String, String>();
        for (String name : names) {
            ConfigKey<?> key = ConfigTable.of(Scope.BROKER).find(name);
            String text = key == null ? null : key.defaultText();
            if (text != null) {
                defaults.put(name, text);
            }
        }
        return defaults;
    }
}
