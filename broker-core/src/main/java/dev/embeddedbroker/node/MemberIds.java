package dev.embeddedbroker.node;

import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The random part of the ids that group members get, as Kafka writes it. Any thread. */
final class MemberIds implements Supplier<String> {
    private final RandomGenerator random;

    MemberIds(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public String get() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
