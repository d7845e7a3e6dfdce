package dev.embeddedbroker.metadata;

import static dev.embeddedbroker.protocol.ErrorCode.BROKER_ID_NOT_REGISTERED;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_CONFIG;
import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REQUEST;
import static dev.embeddedbroker.protocol.ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Changing the overrides of resources: each resource is decided on its own, and changes as a whole or not at all. */
final class ConfigDecisions {

    private static final int MAX_VALUE_LENGTH = 32_767;
    private static final String MIN_ISR = "min.insync.replicas";
    private static final Pattern COMMA = Pattern.compile(",");

    private final ClusterImage image;
    private final ConfigRules rules;
    private final Policies policies;

    ConfigDecisions(ClusterImage image, ConfigRules rules, Policies policies) {
        this.image = image;
        this.rules = rules;
        this.policies = policies;
    }

    Map<ConfigResource, Result> alter(Map<ConfigResource, List<ConfigChange>> changes, List<Message> records) {
        var results = new LinkedHashMap<ConfigResource, Result>();
        changes.forEach((resource, steps) -> {
            try {
                var values = new LinkedHashMap<String, @Nullable String>();
                for (var step : steps) values.put(step.name(), valueAfter(resource, step));
                set(resource, values, values.keySet(), records);
                results.put(resource, Result.OK);
            } catch (Refusal refusal) {
                results.put(resource, refusal.result());
            }
        });
        return results;
    }

    Map<ConfigResource, Result> replace(
            Map<ConfigResource, Map<String, @Nullable String>> overrides, List<Message> records) {
        var results = new LinkedHashMap<ConfigResource, Result>();
        overrides.forEach((resource, wanted) -> {
            try {
                var values = new LinkedHashMap<String, @Nullable String>(wanted);
                for (var name : image.configs(resource).keySet()) values.putIfAbsent(name, null);
                set(resource, values, wanted.keySet(), records);
                results.put(resource, Result.OK);
            } catch (Refusal refusal) {
                results.put(resource, refusal.result());
            }
        });
        return results;
    }

    /**
     * Brokers read a setting again on every record, so theirs are written even if nothing changed.
     *
     * @param named the settings that were asked for; the others are deleted because they were not (KAFKA-14195)
     */
    private void set(
            ConfigResource resource, Map<String, @Nullable String> values, Set<String> named, List<Message> records)
            throws Refusal {
        var before = image.configs(resource);
        var after = new TreeMap<>(before);
        var written = new ArrayList<Message>();
        var altered = new LinkedHashMap<String, @Nullable String>();
        for (var entry : values.entrySet()) {
            var name = entry.getKey();
            var value = entry.getValue();
            if (Objects.equals(before.get(name), value) && resource.type() != ConfigResource.Type.BROKER) continue;
            checkMinIsr(resource, name, value);
            if (named.contains(name)) altered.put(name, value);
            if (value == null) {
                after.remove(name);
            } else {
                checkSizes(List.of(value));
                after.put(name, value);
            }
            written.add(new ConfigRecord()
                    .setResourceType(resource.type().id())
                    .setResourceName(resource.name())
                    .setName(name)
                    .setValue(value));
        }
        var result = rules.check(resource, after, before);
        if (!result.isOk()) {
            throw new Refusal(
                    result.error(),
                    Objects.requireNonNullElse(result.message(), result.error().text()));
        }
        checkExists(resource);
        var refusal = policies.refusalOf(resource, altered);
        if (refusal != null) throw new Refusal(refusal.error(), refusal.message());
        records.addAll(written);
    }

    /** With eligible leader replicas the cluster has one {@code min.insync.replicas} for all brokers (KIP-966). */
    private void checkMinIsr(ConfigResource resource, String name, @Nullable String value) throws Refusal {
        if (!name.equals(MIN_ISR)
                || resource.type() != ConfigResource.Type.BROKER
                || image.feature(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) == 0) {
            return;
        }
        if (!resource.name().isEmpty()) {
            throw new Refusal(
                    INVALID_CONFIG, "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
        }
        if (value == null) {
            throw new Refusal(
                    INVALID_CONFIG, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
        }
    }

    private void checkExists(ConfigResource resource) throws Refusal {
        if (resource.type() == ConfigResource.Type.TOPIC && image.topic(resource.name()) == null) {
            throw new Refusal(UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + resource.name() + "' does not exist.");
        }
        if (resource.type() == ConfigResource.Type.BROKER && !resource.name().isEmpty()) {
            int id;
            try {
                id = Integer.parseInt(resource.name());
            } catch (NumberFormatException notNumber) {
                throw new Refusal(INVALID_REQUEST, "Invalid broker name " + resource.name());
            }
            if (image.broker(id) == null) {
                throw new Refusal(BROKER_ID_NOT_REGISTERED, "No node with id " + id + " found.");
            }
        }
    }

    private @Nullable String valueAfter(ConfigResource resource, ConfigChange change) throws Refusal {
        return switch (change.op()) {
            case SET -> change.value();
            case DELETE -> null;
            case APPEND, SUBTRACT -> {
                if (!rules.isList(resource.type(), change.name())) {
                    throw new Refusal(
                            INVALID_CONFIG,
                            "Can't " + change.op() + " to key " + change.name() + " because its type is not LIST.");
                }
                var present = image.configs(resource).get(change.name());
                var values = parts(present == null ? rules.defaultOf(resource.type(), change.name()) : present);
                for (var value : parts(change.value())) {
                    if (change.op() == ConfigChange.Op.SUBTRACT) {
                        values.remove(value);
                    } else if (!values.contains(value)) {
                        values.add(value);
                    }
                }
                yield String.join(",", values);
            }
        };
    }

    private static List<String> parts(@Nullable String list) {
        var parts = new ArrayList<String>();
        if (list == null) return parts;
        COMMA.splitAsStream(list).filter(part -> !part.isEmpty()).forEach(parts::add);
        return parts;
    }

    static void checkSizes(Collection<String> values) throws Refusal {
        for (var value : values) {
            if (value.length() > MAX_VALUE_LENGTH) {
                throw new Refusal(
                        INVALID_CONFIG,
                        "The configuration value cannot be added because it exceeds the maximum value size of "
                                + MAX_VALUE_LENGTH + " bytes.");
            }
        }
    }
}
