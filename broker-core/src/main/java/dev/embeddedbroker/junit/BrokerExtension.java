package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link WithBroker} does. To say more than the annotation can, register it with a builder: in a static field for a
 * broker per class, in an instance field for one per method.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BrokerExtension KAFKA = BrokerExtension.of(EmbeddedBroker.builder().topic("orders", 3).port(9092));
 * }</pre>
 *
 * <p>Thread-safe: parallel tests of a class share its broker.
 */
public final class BrokerExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);
    /** Tells apart what the stores of a run hold. */
    private static final AtomicLong HELD = new AtomicLong();

    private final EmbeddedBroker.@Nullable Builder builder;
    private volatile @Nullable EmbeddedBroker current;

    /** Under which a test's store has what its broker's bugs are asked of: the broker itself a store would close. */
    private record Health(BrokerExtension of) {}

    /** For {@link WithBroker}, whose settings it reads. */
    BrokerExtension() {
        builder = null;
    }

    private BrokerExtension(EmbeddedBroker.Builder builder) {
        this.builder = builder;
    }

    /** An extension to be registered in a field, whose brokers that builder makes. */
    public static BrokerExtension of(EmbeddedBroker.Builder builder) {
        return new BrokerExtension(builder);
    }

    /**
     * The broker, for an extension that is registered in a field.
     *
     * @throws IllegalStateException before the first test
     */
    public EmbeddedBroker broker() {
        var running = current;
        if (running == null) {
            throw new IllegalStateException(
                    "no test has run with this extension (expected: a test method or its callbacks)");
        }
        return running;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (scope(context) == BrokerScope.PER_METHOD) {
            return;
        }
        boolean inSpring = isInSpring(context);
        if (!inSpring) {
            broker(context);
        }
        inject(null, context.getRequiredTestClass(), context);
        if (!inSpring) {
            injectInstances(context);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Supplier<Optional<Throwable>> health = broker(context)::failure;
        context.getStore(NAMESPACE).put(new Health(this), health);
        injectInstances(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        // of the broker the test began with: Spring may have ended that one meanwhile, and if asked would make another
        if (held(context, new Health(this)) instanceof Supplier<?> health
                && health.get() instanceof Optional<?> failure
                && failure.orElse(null) instanceof Throwable bug) {
            throw new AssertionError("the broker met a bug in itself: " + bug, bug);
        }
    }

    private void injectInstances(ExtensionContext context) throws IllegalAccessException {
        if (context.getTestInstances().isPresent()) {
            for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
                inject(instance, instance.getClass(), context);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == EmbeddedBroker.class || StockClients.isClient(type);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (scope(context) == BrokerScope.PER_METHOD && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(parameter.getDeclaringExecutable()
                    + " runs outside of test methods, whose brokers are PER_METHOD (expected: another scope)");
        }
        var target = parameter.getParameter();
        return value(target.getType(), target.getParameterizedType(), target, context);
    }

    private Object value(Class<?> type, Type generic, AnnotatedElement place, ExtensionContext context) {
        var broker = broker(context);
        if (type == EmbeddedBroker.class) {
            return broker;
        }
        var client = StockClients.create(type, generic, place, broker);
        closeWith(context, isInSpring(context) ? SpringContexts.closedBeforeBroker(context, client) : client);
        return client;
    }

    /** JUnit closes what a store holds in the opposite order, so clients go before the broker. */
    private static void closeWith(ExtensionContext context, AutoCloseable resource) {
        context.getStore(NAMESPACE).put("held-" + HELD.incrementAndGet(), new Closing<>(resource));
    }

    /** Fills the fields of a class and its superclasses: static ones for no instance, the others for one. */
    private void inject(@Nullable Object instance, Class<?> type, ExtensionContext context)
            throws IllegalAccessException {
        for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (var field : owner.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) == (instance == null) && isWanted(field)) {
                    inject(instance, field, context);
                }
            }
        }
    }

    private void inject(@Nullable Object instance, Field field, ExtensionContext context)
            throws IllegalAccessException {
        field.setAccessible(true);
        if (field.get(instance) == null) {
            closeWith(context, () -> field.set(instance, null));
            field.set(instance, value(field.getType(), field.getGenericType(), field, context));
        }
    }

    private static boolean isWanted(Field field) {
        return !Modifier.isFinal(field.getModifiers())
                && (field.getType() == EmbeddedBroker.class
                        || (StockClients.isClient(field.getType()) && field.isAnnotationPresent(ClientSettings.class)));
    }

    private BrokerScope scope(ExtensionContext context) {
        if (builder == null) {
            return wanted(context).scope();
        }
        // JUnit calls an extension of a static field before all tests, one of an instance field before each only
        return context.getTestMethod().isEmpty() || held(context, this) != null
                ? BrokerScope.PER_CLASS
                : BrokerScope.PER_METHOD;
    }

    private EmbeddedBroker broker(ExtensionContext context) {
        if (builder != null) {
            return started(context, this, () -> builder);
        }
        if (isInSpring(context)) {
            return SpringContexts.broker(context);
        }
        var wanted = wanted(context);
        return wanted.scope() == BrokerScope.PER_RUN
                ? started(context.getRoot(), wanted, wanted::builder)
                : started(context, WithBroker.class, wanted::builder);
    }

    /** Whether the broker belongs to the application context of a Spring test, and is not this extension's to start or close. */
    private boolean isInSpring(ExtensionContext context) {
        return builder == null && SpringContexts.isSpringTest(context);
    }

    private static @Nullable Object held(ExtensionContext context, Object key) {
        return context.getStore(NAMESPACE).get(key);
    }

    /** The broker that this context's store, or that of a context around it, has under the key; started if there is none. */
    @SuppressWarnings({"unchecked", "deprecation"}) // its successor came with JUnit 6
    private EmbeddedBroker started(ExtensionContext context, Object key, Supplier<EmbeddedBroker.Builder> settings) {
        var store = context.getStore(NAMESPACE);
        var held = (Closing<EmbeddedBroker>) Objects.requireNonNull(store.getOrComputeIfAbsent(
                key, absent -> new Closing<>(settings.get().build().start())));
        current = held.resource();
        return held.resource();
    }

    /** The annotation of the test class, or of the nearest class around it that has one. */
    private static Wanted wanted(ExtensionContext context) {
        for (var at = Optional.of(context); at.isPresent(); at = at.get().getParent()) {
            var annotation = AnnotationSupport.findAnnotation(at.get().getElement(), WithBroker.class);
            if (annotation.isPresent()) {
                return Wanted.by(annotation.get());
            }
        }
        throw new ExtensionConfigurationException("no @WithBroker on " + context.getDisplayName()
                + " (expected: one, or BrokerExtension.of(…) in a field)");
    }
}
