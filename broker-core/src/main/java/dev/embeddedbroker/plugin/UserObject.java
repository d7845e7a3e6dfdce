package dev.embeddedbroker.plugin;

import dev.embeddedbroker.config.InvalidConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of a class that a setting names, and the interfaces of kafka-clients it has. Both come from the context class
 * loader of whoever starts the broker: kafka-clients is the user's, in the version the user took.
 *
 * <p><b>Owner:</b> none; the object itself may want a thread at a time.
 */
final class UserObject {
    private final String setting;
    private final Object object;

    private UserObject(String setting, Object object) {
        this.setting = setting;
        this.object = object;
    }

    /** The class by that name; an {@link InvalidConfig} says what is missing on the class path. */
    static Class<?> load(String setting, String className) {
        var context = Thread.currentThread().getContextClassLoader();
        var loader = context == null ? UserObject.class.getClassLoader() : context;
        try {
            return Class.forName(className, true, loader);
        } catch (ClassNotFoundException e) {
            throw new InvalidConfig(setting + " is " + className + " (expected: a class on the class path)");
        } catch (LinkageError e) {
            throw new InvalidConfig(setting + " is " + className + ", which can't be loaded because of " + e
                    + " (expected: kafka-clients on the class path)");
        }
    }

    /** A new object of a class that must have the interface. */
    static UserObject create(String setting, Class<?> type, String interfaceName) {
        if (!has(type, interfaceName)) {
            throw new InvalidConfig(setting + " is " + type.getName() + " (expected: an implementation of "
                    + interfaceName + ", as kafka-clients on the class path has it)");
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            return new UserObject(setting, constructor.newInstance());
        } catch (InvocationTargetException e) {
            throw new InvalidConfig(setting + " is " + type.getName() + ", which can't be made: " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new InvalidConfig(setting + " is " + type.getName()
                    + " (expected: a public class with a public constructor without parameters)");
        }
    }

    static boolean has(Class<?> type, String interfaceName) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Class<?> one : each.getInterfaces()) {
                if (one.getName().equals(interfaceName) || has(one, interfaceName)) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean has(String interfaceName) {
        return has(object.getClass(), interfaceName);
    }

    /** Whether an interface has a method in the user's version of kafka-clients. */
    boolean knows(String interfaceName, String method) {
        for (var each : kafka(interfaceName).getMethods()) {
            if (each.getName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** A class of kafka-clients as the object sees it. */
    Class<?> kafka(String className) {
        try {
            return Class.forName(className, true, object.getClass().getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new InvalidConfig(setting + " is " + object.getClass().getName() + ", which needs " + className
                    + " (expected: kafka-clients on the class path)");
        }
    }

    void configure(Map<String, ?> settings) {
        try {
            call("org.apache.kafka.common.Configurable", "configure", new Class<?>[] {Map.class}, settings);
        } catch (InvocationTargetException e) {
            throw new InvalidConfig(
                    setting + " is " + object.getClass().getName() + ", which can't be configured: " + e.getCause());
        }
    }

    /**
     * Calls a method of an interface.
     *
     * @throws InvocationTargetException around what the user's code throws
     */
    @Nullable
    Object call(String interfaceName, String method, Class<?>[] types, @Nullable Object... arguments)
            throws InvocationTargetException {
        return call(kafka(interfaceName), object, method, types, arguments);
    }

    static @Nullable Object call(
            Class<?> owner, Object target, String method, Class<?>[] types, @Nullable Object... arguments)
            throws InvocationTargetException {
        try {
            return owner.getMethod(method, types).invoke(target, arguments);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException(owner.getName() + " of kafka-clients has no method " + method, e);
        }
    }

    /** A new object of a class of kafka-clients. */
    Object make(String className, Class<?>[] types, @Nullable Object... arguments) {
        try {
            return kafka(className).getConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't make a " + className + " of kafka-clients", e);
        }
    }

    /** A constant of an enum, or what a class gives for a name, by its static method with one text as parameter. */
    Object named(String className, String factory, String name) {
        try {
            return kafka(className).getMethod(factory, String.class).invoke(null, name);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className + " of kafka-clients has no " + name, e);
        }
    }

    /** Closes the object if it can be closed. */
    void close() throws Exception {
        if (object instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    @Override
    public String toString() {
        return setting + " " + object.getClass().getName();
    }
}
