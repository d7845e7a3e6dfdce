package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Type;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What parameters and fields are filled with: the broker, stock clients, topics of a test's own. */
final class Injected {
    /** Tells apart what the stores of a run hold. */
    private static final AtomicLong HELD = new AtomicLong();

    private Injected() {}

    /** A parameter or a field. */
    record Place(Class<?> type, Type generic, AnnotatedElement element) {}

    static boolean isWanted(Class<?> type, AnnotatedElement place) {
        return type == EmbeddedBroker.class
                || StockClients.isClient(type)
                || (type == String.class && place.isAnnotationPresent(TestTopic.class));
    }

    /** @param toBeClosed is told of a client */
    static Object value(Place place, EmbeddedBroker broker, Consumer<AutoCloseable> toBeClosed) {
        if (place.type() == EmbeddedBroker.class) {
            return broker;
        }
        if (place.type() == String.class) {
            return topic(place, broker);
        }
        var client = StockClients.create(place.type(), place.generic(), place.element(), broker);
        toBeClosed.accept(client);
        return client;
    }

    /** JUnit closes what a store holds in the opposite order, so clients go before the broker. */
    static void closeWith(ExtensionContext context, AutoCloseable resource) {
        context.getStore(BrokerExtension.NAMESPACE).put("held-" + HELD.incrementAndGet(), new Closing<>(resource));
    }

    private static String topic(Place place, EmbeddedBroker broker) {
        var topic = place.element().getAnnotation(TestTopic.class);
        String name = topic.value() + "-" + UUID.randomUUID();
        broker.createTopic(name, topic.partitions());
        return name;
    }
}
