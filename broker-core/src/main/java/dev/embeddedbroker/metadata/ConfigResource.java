package dev.embeddedbroker.metadata;

import org.jspecify.annotations.Nullable;

/** What a configuration override belongs to; the name {@code ""} of type BROKER means every broker. */
public record ConfigResource(Type type, String name) implements Comparable<ConfigResource> {

    /** Kafka's kinds of configurable things, with their numbers in the protocol. */
    public enum Type {
        TOPIC(2),
        BROKER(4),
        BROKER_LOGGER(8),
        CLIENT_METRICS(16),
        GROUP(32);

        private final byte id;

        Type(int id) {
            this.id = (byte) id;
        }

        public byte id() {
            return id;
        }

        public static @Nullable Type forId(byte id) {
            for (var type : values()) {
                if (type.id == id) return type;
            }
            return null;
        }
    }

    public static ConfigResource topic(String name) {
        return new ConfigResource(Type.TOPIC, name);
    }

    public static ConfigResource broker(int id) {
        return new ConfigResource(Type.BROKER, Integer.toString(id));
    }

    public static ConfigResource everyBroker() {
        return new ConfigResource(Type.BROKER, "");
    }

    public static ConfigResource group(String name) {
        return new ConfigResource(Type.GROUP, name);
    }

    // by hand: what a record brings costs a cold start more than ten milliseconds at its first use

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConfigResource resource && type == resource.type && name.equals(resource.name);
    }

    @Override
    public int hashCode() {
        return 31 * type.id() + name.hashCode();
    }

    @Override
    public int compareTo(ConfigResource other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : name.compareTo(other.name);
    }
}
