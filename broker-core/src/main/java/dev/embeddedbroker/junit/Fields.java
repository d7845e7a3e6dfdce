package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fills the fields of test classes and instances, their superclasses' included: those without a value that are not final.
 * What was put into them is taken out with the context.
 *
 * <p><b>Owner:</b> the test's thread.
 */
final class Fields {
    private final ExtensionContext context;
    private final Values values;

    /** Where values come from. */
    @FunctionalInterface
    interface Values {
        Object value(Injected.Place place, ExtensionContext of, ExtensionContext endsWith);
    }

    Fields(ExtensionContext context, Values values) {
        this.context = context;
        this.values = values;
    }

    void fillStatic(Class<?> type) throws IllegalAccessException {
        fill(null, type, context);
    }

    /** An instance of a class around a nested one has the broker of its own class. */
    void fill(List<Object> instances) throws IllegalAccessException {
        for (Object instance : instances) {
            fill(instance, instance.getClass(), contextOf(instance.getClass()));
        }
    }

    private ExtensionContext contextOf(Class<?> type) {
        for (var at = context; at != null; at = at.getParent().orElse(null)) {
            if (at.getTestClass().orElse(null) == type) {
                return at;
            }
        }
        return context;
    }

    private void fill(@Nullable Object instance, Class<?> type, ExtensionContext of) throws IllegalAccessException {
        for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (var field : owner.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) == (instance == null) && isWanted(field)) {
                    fill(instance, field, of);
                }
            }
        }
    }

    private void fill(@Nullable Object instance, Field field, ExtensionContext of) throws IllegalAccessException {
        field.setAccessible(true);
        if (field.get(instance) == null) {
            Injected.closeWith(context, () -> field.set(instance, null));
            var place = new Injected.Place(field.getType(), field.getGenericType(), field);
            field.set(instance, values.value(place, of, context));
        }
    }

    private static boolean isWanted(Field field) {
        return !Modifier.isFinal(field.getModifiers())
                && Injected.isWanted(field.getType(), field)
                && (field.getType() == EmbeddedBroker.class
                        || field.isAnnotationPresent(ClientSettings.class)
                        || field.isAnnotationPresent(TestTopic.class));
    }
}
