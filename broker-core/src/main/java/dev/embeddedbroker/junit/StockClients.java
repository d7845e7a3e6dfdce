package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes stock clients of the kafka-clients that the asked-for type belongs to, by reflection: this library is compiled
 * without it.
 */
final class StockClients {
    private static final String PACKAGE = "org.apache.kafka.clients.";
    private static final String SERIALIZATION = "org.apache.kafka.common.serialization.";

    /** Kafka's own (de)serializers by the type they are for, without their ending. */
    private static final Map<String, String> SERDES = Map.ofEntries(
            Map.entry("java.lang.String", "String"),
            Map.entry("byte[]", "ByteArray"),
            Map.entry("java.nio.ByteBuffer", "ByteBuffer"),
            Map.entry("org.apache.kafka.common.utils.Bytes", "Bytes"),
            Map.entry("java.lang.Integer", "Integer"),
            Map.entry("java.lang.Long", "Long"),
            Map.entry("java.lang.Short", "Short"),
            Map.entry("java.lang.Float", "Float"),
            Map.entry("java.lang.Double", "Double"),
            Map.entry("java.util.UUID", "UUID"),
            Map.entry("java.lang.Void", "Void"));

    private enum Kind {
        PRODUCER,
        CONSUMER,
        ADMIN
    }

    private StockClients() {}

    static boolean isClient(Class<?> type) {
        return kindOf(type).isPresent();
    }

    private static Optional<Kind> kindOf(Class<?> type) {
        return switch (type.getName()) {
            case PACKAGE + "producer.Producer", PACKAGE + "producer.KafkaProducer" -> Optional.of(Kind.PRODUCER);
            case PACKAGE + "consumer.Consumer", PACKAGE + "consumer.KafkaConsumer" -> Optional.of(Kind.CONSUMER);
            case PACKAGE + "admin.Admin", PACKAGE + "admin.AdminClient" -> Optional.of(Kind.ADMIN);
            default -> Optional.empty();
        };
    }

    /**
     * A client of that type, connected to the broker.
     *
     * @throws IllegalArgumentException if a setting is no {@code name=value}, or a type argument has no serializer
     */
    static AutoCloseable create(Class<?> type, Type generic, AnnotatedElement place, EmbeddedBroker broker) {
        var settings = new HashMap<>(broker.clientProperties());
        Kind kind = kindOf(type).orElseThrow();
        if (kind == Kind.CONSUMER) {
            settings.put("group.id", "test-" + UUID.randomUUID());
            settings.put("auto.offset.reset", "earliest");
        }
        var own = place.getAnnotation(ClientSettings.class);
        if (own != null) {
            for (String setting : own.value()) {
                Setting.parse(setting).addTo(settings);
            }
        }
        if (kind == Kind.PRODUCER) {
            addSerdes(settings, generic, "serializer", "Serializer", place);
        } else if (kind == Kind.CONSUMER) {
            addSerdes(settings, generic, "deserializer", "Deserializer", place);
        }
        return instance(kind, type.getClassLoader(), settings);
    }

    private static void addSerdes(
            Map<String, Object> settings, Type generic, String setting, String ending, AnnotatedElement place) {
        addSerde(settings, "key." + setting, argument(generic, 0), ending, place);
        addSerde(settings, "value." + setting, argument(generic, 1), ending, place);
    }

    private static void addSerde(
            Map<String, Object> settings, String name, String type, String ending, AnnotatedElement place) {
        if (settings.containsKey(name)) {
            return;
        }
        String serde = SERDES.get(type);
        if (serde == null) {
            throw new IllegalArgumentException(place + " has the type argument " + type + " (expected: one of "
                    + SERDES.keySet() + ", or " + name + " in @ClientSettings)");
        }
        settings.put(name, SERIALIZATION + serde + ending);
    }

    /** The name of a type argument; a raw type counts as strings. */
    private static String argument(Type generic, int index) {
        return generic instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[index].getTypeName()
                : "java.lang.String";
    }

    private static AutoCloseable instance(Kind kind, ClassLoader loader, Map<String, Object> settings) {
        try {
            Object client =
                    switch (kind) {
                        case PRODUCER -> construct(loader, PACKAGE + "producer.KafkaProducer", settings);
                        case CONSUMER -> construct(loader, PACKAGE + "consumer.KafkaConsumer", settings);
                        case ADMIN ->
                            loader.loadClass(PACKAGE + "admin.Admin")
                                    .getMethod("create", Map.class)
                                    .invoke(null, settings);
                    };
            return (AutoCloseable) client;
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("could not make a client of " + settings, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this kafka-clients has no usable " + kind, e);
        }
    }

    private static Object construct(ClassLoader loader, String name, Map<String, Object> settings)
            throws ReflectiveOperationException {
        return loader.loadClass(name).getConstructor(Map.class).newInstance(settings);
    }
}
