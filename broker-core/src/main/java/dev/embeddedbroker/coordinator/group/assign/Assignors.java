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

    /** Our own assignor of this name or class name; null for another one's. */
    public static @Nullable Assignor own(String name) {
        return KNOWN.get(name);
    }

    /** Our own assignors of these names. */
    public static Assignors named(String... names) {
        var assignors = new ArrayList<Assignor>();
        for (String name : names) {
            var assignor = own(name);
            if (assignor == null) {
                throw new IllegalArgumentException("assignor is " + name + " (expected: uniform or range)");
            }
            assignors.add(assignor);
        }
        return of(assignors);
    }

    /** These assignors, the default first. */
    public static Assignors of(List<Assignor> all) {
        var assignors = new Assignors();
        for (Assignor assignor : all) {
            if (assignors.byName.put(assignor.name(), assignor) != null) {
                throw new IllegalArgumentException("two assignors have the name " + assignor.name());
            }
        }
        if (assignors.byName.isEmpty()) {
            throw new IllegalArgumentException("there is no assignor");
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
