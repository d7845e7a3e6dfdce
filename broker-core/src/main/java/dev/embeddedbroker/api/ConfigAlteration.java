package dev.embeddedbroker.api;

import dev.embeddedbroker.config.DynamicBrokerRules;
import dev.embeddedbroker.config.InvalidConfig;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.config.MalformedChange;
import dev.embeddedbroker.config.SettingRules;
import dev.embeddedbroker.metadata.ConfigChange;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a broker decides of a change of settings before it asks the controller: form, names and, of its own settings, the
 * values. Common to AlterConfigs and IncrementalAlterConfigs.
 */
final class ConfigAlteration {
    /** One resource of a request. */
    record Wanted(byte type, String name, List<Step> steps) {
        ConfigResource resource() {
            var known = ConfigResource.Type.forId(type);
            if (known == null) {
                throw new MalformedChange("Unknown resource type " + type);
            }
            return new ConfigResource(known, name);
        }
    }

    /** One setting of a resource, with the operation as it came; AlterConfigs only sets. */
    record Step(String name, byte op, @Nullable String value) {
        static final byte SET = 0;
    }

    private record Id(byte type, String name) {}

    private final MetadataView metadata;
    private final LiveConfig config;
    private final int nodeId;

    ConfigAlteration(MetadataView metadata, LiveConfig config, int nodeId) {
        this.metadata = metadata;
        this.config = config;
        this.nodeId = nodeId;
    }

    /** For each resource a refusal, or null where the controller is to decide. */
    List<@Nullable Result> refusals(List<Wanted> all, boolean incremental) {
        var times = new HashMap<Id, Integer>();
        for (Wanted wanted : all) {
            times.merge(new Id(wanted.type(), wanted.name()), 1, Integer::sum);
        }
        var refusals = new ArrayList<@Nullable Result>();
        for (Wanted wanted : all) {
            refusals.add(
                    times.getOrDefault(new Id(wanted.type(), wanted.name()), 0) > 1
                            ? Result.refused(ErrorCode.INVALID_REQUEST, "Each resource must appear at most once.")
                            : refusal(wanted, incremental));
        }
        return refusals;
    }

    private @Nullable Result refusal(Wanted wanted, boolean incremental) {
        try {
            checkForm(wanted.steps());
            checkResource(wanted, incremental);
            return null;
        } catch (InvalidConfig e) {
            return Result.refused(ErrorCode.INVALID_CONFIG, e.getMessage());
        } catch (MalformedChange e) {
            return Result.refused(ErrorCode.INVALID_REQUEST, e.getMessage());
        }
    }

    private static void checkForm(List<Step> steps) {
        var names = new HashSet<String>();
        var nulls = new ArrayList<String>();
        for (Step step : steps) {
            if (!names.add(step.name())) {
                throw new MalformedChange("Error due to duplicate config keys");
            }
            if (step.value() == null && ConfigChange.Op.forId(step.op()) != ConfigChange.Op.DELETE) {
                nulls.add(step.name());
            }
        }
        if (!nulls.isEmpty()) {
            throw new MalformedChange("Null value not supported for : " + String.join(", ", nulls));
        }
    }

    private void checkResource(Wanted wanted, boolean incremental) {
        ConfigResource resource = wanted.resource();
        switch (resource.type()) {
            case BROKER -> {
                if (!wanted.name().isEmpty()) {
                    requireThisBroker(wanted.name(), "Unexpected broker id, expected ", ", but received ");
                }
                var before = incremental ? metadata.image().configs(resource) : Map.<String, String>of();
                DynamicBrokerRules.validate(
                        after(before, wanted.steps()), !wanted.name().isEmpty(), config.now());
            }
            case BROKER_LOGGER -> {
                if (!incremental) {
                    throw new MalformedChange("Unknown resource type " + wanted.type());
                }
                requireThisBroker(wanted.name(), "Unexpected node id. Expected ", ", but received ");
                BrokerLoggers.alter(wanted.steps());
            }
            case TOPIC, GROUP, CLIENT_METRICS -> wanted.steps().forEach(ConfigAlteration::opOf);
        }
    }

    private void requireThisBroker(String name, String expected, String received) {
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new MalformedChange("Node id must be an integer, but it is: " + name);
        }
        if (id != nodeId) {
            throw new MalformedChange(expected + nodeId + received + name);
        }
    }

    private static Map<String, String> after(Map<String, String> before, List<Step> steps) {
        var after = new HashMap<>(before);
        for (Step step : steps) {
            String value = SettingRules.brokerValueAfter(before.get(step.name()), change(step));
            if (value == null) {
                after.remove(step.name());
            } else {
                after.put(step.name(), value);
            }
        }
        return after;
    }

    /** The answer for one resource: the broker's refusal, or what the controller says. */
    static Result resultOf(Wanted wanted, @Nullable Result refusal, Map<ConfigResource, Result> results) {
        if (refusal != null) {
            return refusal;
        }
        Result result = results.get(wanted.resource());
        return result != null ? result : Result.refused(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    static ConfigChange change(Step step) {
        return new ConfigChange(step.name(), opOf(step), step.value());
    }

    private static ConfigChange.Op opOf(Step step) {
        ConfigChange.Op op = ConfigChange.Op.forId(step.op());
        if (op == null) {
            throw new MalformedChange("Unknown operations type " + step.op());
        }
        return op;
    }
}
