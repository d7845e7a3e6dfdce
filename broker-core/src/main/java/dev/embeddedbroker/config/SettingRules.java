package dev.embeddedbroker.config;

import dev.embeddedbroker.metadata.ConfigChange;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ConfigRules;
import dev.embeddedbroker.metadata.EffectiveConfig;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the controller has to know of settings: which overrides a resource may have, and what a topic gets. */
public final class SettingRules implements ConfigRules, EffectiveConfig.OfTopic {
    private final Supplier<BrokerConfig> broker;

    public SettingRules(Supplier<BrokerConfig> broker) {
        this.broker = broker;
    }

    @Override
    public Result check(ConfigResource resource, Map<String, String> overrides, Map<String, String> before) {
        try {
            validate(resource, overrides);
        } catch (InvalidConfig e) {
            return Result.refused(ErrorCode.INVALID_CONFIG, e.getMessage());
        } catch (MalformedChange e) {
            return Result.refused(ErrorCode.INVALID_REQUEST, e.getMessage());
        }
        return validName(resource);
    }

    private static Result validName(ConfigResource resource) {
        String refusal = resource.type() == ConfigResource.Type.TOPIC ? TopicRules.refusalOf(resource.name()) : null;
        return refusal == null ? Result.OK : Result.refused(ErrorCode.INVALID_TOPIC_EXCEPTION, refusal);
    }

    private void validate(ConfigResource resource, Map<String, String> overrides) {
        switch (resource.type()) {
            case TOPIC -> {
                if (resource.name().isEmpty()) {
                    throw new MalformedChange("Default topic resources are not allowed.");
                }
                TopicConfigRules.validate(overrides, broker.get());
            }
            case GROUP -> {
                if (resource.name().isEmpty()) {
                    throw new MalformedChange("Default group resources are not allowed.");
                }
                GroupConfigRules.validate(overrides, broker.get());
            }
            case CLIENT_METRICS -> ClientMetricsRules.validate(resource.name(), overrides);
            case BROKER -> validateBrokerName(resource.name()); // the broker itself checks its settings before it asks
            case BROKER_LOGGER -> throw new MalformedChange("Unknown resource type " + resource.type());
        }
    }

    private static void validateBrokerName(String name) {
        if (name.isEmpty()) {
            return;
        }
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new MalformedChange("Unable to parse broker name as a base 10 number.");
        }
        if (id < 0) {
            throw new MalformedChange("Invalid negative broker ID.");
        }
    }

    @Override
    public boolean isList(ConfigResource.Type type, String setting) {
        // Kafka's controller does not know which settings of a client metrics subscription are lists
        ConfigKey<?> key = type == ConfigResource.Type.CLIENT_METRICS ? null : keyOf(type, setting);
        return key != null && key.type() == ConfigType.LIST;
    }

    @Override
    public @Nullable String defaultOf(ConfigResource.Type type, String setting) {
        ConfigKey<?> key = keyOf(type, setting);
        return key == null ? null : key.defaultText();
    }

    /** What a broker's setting is after a change of it; null when it is deleted. */
    public static @Nullable String brokerValueAfter(@Nullable String before, ConfigChange change) {
        return switch (change.op()) {
            case SET -> change.value();
            case DELETE -> null;
            case APPEND, SUBTRACT -> listAfter(before, change);
        };
    }

    private static String listAfter(@Nullable String before, ConfigChange change) {
        ConfigKey<?> key = BrokerConfig.keyOf(change.name());
        if (key == null) {
            throw new InvalidConfig("Unknown config name: " + change.name());
        }
        boolean append = change.op() == ConfigChange.Op.APPEND;
        if (key.type() != ConfigType.LIST) {
            throw new InvalidConfig("Config value " + (append ? "append" : "subtract")
                    + " is not allowed for config key: " + change.name());
        }
        String start = before != null ? before : key.defaultText();
        var words = new ArrayList<>(ConfigType.splitList(start == null ? "" : start));
        for (String word : ConfigType.splitList(change.value() == null ? "" : change.value())) {
            if (!append) {
                words.remove(word);
            } else if (!words.contains(word)) {
                words.add(word);
            }
        }
        return String.join(",", words);
    }

    private static @Nullable ConfigKey<?> keyOf(ConfigResource.Type type, String setting) {
        return switch (type) {
            case TOPIC -> ConfigTable.of(Scope.TOPIC).find(setting);
            case GROUP -> ConfigTable.of(Scope.GROUP).find(setting);
            case CLIENT_METRICS -> ConfigTable.of(Scope.CLIENT_METRICS).find(setting);
            case BROKER -> ConfigTable.of(Scope.BROKER).find(setting);
            case BROKER_LOGGER -> null;
        };
    }

    @Override
    public List<EffectiveConfig> list(Map<String, String> overrides) {
        var settings = new ArrayList<EffectiveConfig>();
        for (Described each : new ConfigDescriber(broker.get()).topic(overrides)) {
            settings.add(new EffectiveConfig(
                    each.name(), each.value(), each.isReadOnly(), each.source().wireId(), each.isSensitive()));
        }
        return settings;
    }
}
