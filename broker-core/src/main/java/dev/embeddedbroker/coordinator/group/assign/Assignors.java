package dev.embeddedbroker.coordinator.group.assign;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The assignors a broker offers, in the order of {@code group.consumer.assignors}: the first one is the default. */
public final class Assignors {
    /** Kafka lets its own two be named by their classes too. */
    private static final Map<String, Assignor> KNOWN = Map.of(
            UniformAssignor.NAME,
            new UniformAssignor(),
            "org.apache.kafka.coordinator.group.assignor.UniformAssignor",
            new UniformAssignor(),
            RangeAssignor.NAME,
            new RangeAssignor(),
            "org.apache.kafka.coordinator.group.assignor.RangeAssignor",
            new RangeAssignor());

    private final Map<String, Assignor> byName = new LinkedHashMap<>();

    private Assignors() {}

    /** The assignors of these names. */
    public static Assignors named(List<String> names) {
        var assignors = new Assignors();
        for (String name : names) {
            var assignor = KNOWN.get(name);
            if (assignor == null) {
                throw new IllegalArgumentException(
                        "group.consumer.assignors has " + name + " (expected: uniform or range)");
            }
            assignors.byName.put(assignor.name(), assignor);
        }
        if (assignors.byName.isEmpty()) {
            throw new IllegalArgumentException("group.consumer.assignors is empty (expected: uniform or range)");
        }
        return assignors;
    }

    public Assignor first() {
        return byName.values().iterator().next();
    }

    public @Nullable Assignor find(String name) {
        return byName.get(name);
    }

    public List<String> names() {
        return new ArrayList<>(byName.keySet());
    }
}
