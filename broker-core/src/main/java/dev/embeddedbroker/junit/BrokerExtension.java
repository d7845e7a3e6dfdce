package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
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
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {
    static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);

    /** Under which a test's store has the broker that the test began with. */
    private record OfTest(BrokerExtension by) {}

    private final @Nullable Supplier<EmbeddedBroker.Builder> builder;
    private final boolean isReset;
    private final boolean isPerRun;

    @SuppressWarnings("ThreadLocalUsage") // of this extension: another one has another broker
    private final ThreadLocal<EmbeddedBroker> ofThread = new ThreadLocal<>();

    private volatile @Nullable EmbeddedBroker latest;

    /** For {@link WithBroker}, whose settings it reads. */
    BrokerExtension() {
        this(null, false, false);
    }

    private BrokerExtension(@Nullable Supplier<EmbeddedBroker.Builder> builder, boolean isReset, boolean isPerRun) {
        this.builder = builder;
        this.isReset = isReset;
        this.isPerRun = isPerRun;
    }

    /** An extension to be registered in a field, whose brokers that builder makes. */
    public static BrokerExtension of(EmbeddedBroker.Builder builder) {
        return new BrokerExtension(() -> builder, false, false);
    }

    /** The same with a builder that is asked for when a broker starts: when what it needs is there. */
    public static BrokerExtension of(Supplier<EmbeddedBroker.Builder> builder) {
        return new BrokerExtension(builder, false, false);
    }

    /** One that takes its broker {@linkplain EmbeddedBroker#reset back to its start} before each test. */
    public BrokerExtension resetting() {
        return new BrokerExtension(builder, true, isPerRun);
    }

    /**
     * One with a single broker for all classes that it is registered in, such as those that extend the class with its field;
     * the broker ends with the run.
     */
    public BrokerExtension perRun() {
        return new BrokerExtension(builder, isReset, true);
    }

    /**
     * The broker of the test that this thread runs, for an extension that is registered in a field.
     *
     * @throws IllegalStateException before the first test
     */
    public EmbeddedBroker broker() {
        var own = ofThread.get();
        var running = own == null ? latest : own;
        if (running == null) {
            throw new IllegalStateException(
                    "no test has run with this extension (expected: a test method or its callbacks)");
        }
        return running;
    }

    // ---- a test's life

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (scope(context) == BrokerScope.PER_METHOD) {
            return;
        }
        boolean inSpring = isInSpring(context);
        if (!inSpring) {
            remember(held(context));
        }
        var fields = new Fields(context, this::value);
        fields.fillStatic(context.getRequiredTestClass());
        if (!inSpring && context.getTestInstances().isPresent()) {
            fields.fill(context.getRequiredTestInstances().getAllInstances());
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        var held = held(context);
        remember(held);
        context.getStore(NAMESPACE).put(new OfTest(this), held.begin());
        new Fields(context, this::value).fill(context.getRequiredTestInstances().getAllInstances());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        // the broker the test began with: Spring may have ended that one meanwhile, and if asked would make another
        if (!(context.getStore(NAMESPACE).remove(new OfTest(this)) instanceof Held.InUse inUse)) {
            return;
        }
        var failure = context.getExecutionException();
        failure.ifPresent(new FailureReport(inUse.broker())::attachTo);
        var unused = inUse.end();
        inUse.broker().failure().ifPresent(bug -> {
            throw new AssertionError("the broker met a bug in itself: " + bug, bug);
        });
        if (!unused.isEmpty()) {
            var neverFired = Held.neverFired(unused);
            if (failure.isEmpty()) {
                throw neverFired;
            }
            failure.get().addSuppressed(neverFired);
        }
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context) throws Throwable {
        try {
            invocation.proceed();
        } catch (Throwable failure) {
            if (context.getStore(NAMESPACE).get(new OfTest(this)) instanceof Held.InUse inUse) {
                new FailureReport(inUse.broker()).attachTo(failure);
            }
            throw failure;
        }
    }

    private void remember(Held held) {
        ofThread.set(held.broker());
        latest = held.broker();
    }

    // ---- what it injects

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return Injected.isWanted(parameter.getParameter().getType(), parameter.getParameter());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (scope(context) == BrokerScope.PER_METHOD && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(parameter.getDeclaringExecutable()
                    + " runs outside of test methods, whose brokers are PER_METHOD (expected: another scope)");
        }
        var target = parameter.getParameter();
        return value(new Injected.Place(target.getType(), target.getParameterizedType(), target), context, context);
    }

    /** @param of whose broker it is */
    private Object value(Injected.Place place, ExtensionContext of, ExtensionContext endsWith) {
        return Injected.value(
                place,
                held(of).broker(),
                client -> Injected.closeWith(
                        endsWith, isInSpring(endsWith) ? SpringContexts.closedBeforeBroker(endsWith, client) : client));
    }

    // ---- whose broker

    private BrokerScope scope(ExtensionContext context) {
        if (builder == null) {
            return Annotated.by(context).wanted().scope();
        }
        // JUnit calls an extension of a static field before all tests, one of an instance field before each only
        return isPerRun
                        || context.getTestMethod().isEmpty()
                        || context.getStore(NAMESPACE).get(this) != null
                ? BrokerScope.PER_CLASS
                : BrokerScope.PER_METHOD;
    }

    private Held held(ExtensionContext context) {
        if (builder != null) {
            return started(isPerRun ? context.getRoot() : context, this, builder, isReset);
        }
        var annotated = Annotated.by(context);
        var wanted = annotated.wanted();
        if (isInSpring(context)) {
            var broker = SpringContexts.broker(context);
            return inStore(
                    context.getRoot(), new OfSpring(broker, wanted), () -> new Held(broker, wanted.reset(), () -> {}));
        }
        return switch (wanted.scope()) {
            case PER_METHOD -> started(context, WithBroker.class, wanted::builder, false);
            case PER_CLASS -> started(annotated.at(), annotated.key(), wanted::builder, wanted.reset());
            case PER_RUN ->
                wanted.reset()
                        ? lent(context.getRoot(), annotated)
                        : started(context.getRoot(), wanted, wanted::builder, false);
        };
    }

    /** Under which the run's store has what is known of a broker that belongs to an application context. */
    private record OfSpring(EmbeddedBroker broker, Wanted wanted) {}

    /** Whether the broker belongs to the application context of a Spring test, and is not this extension's to start or close. */
    private boolean isInSpring(ExtensionContext context) {
        return builder == null && SpringContexts.isSpringTest(context);
    }

    /** The broker that this context's store, or that of a context around it, has under the key; started if there is none. */
    private static Held started(
            ExtensionContext context, Object key, Supplier<EmbeddedBroker.Builder> settings, boolean isReset) {
        return inStore(context, key, () -> {
            var broker = settings.get().build().start();
            return new Held(broker, isReset, broker::close);
        });
    }

    private static Held lent(ExtensionContext root, Annotated annotated) {
        var wanted = annotated.wanted();
        return inStore(annotated.at(), annotated.key(), () -> {
            var pool = inStore(
                    root,
                    wanted,
                    () -> new BrokerPool(() -> wanted.builder().build().start()));
            var broker = pool.lend();
            return new Held(broker, true, () -> pool.giveBack(broker));
        });
    }

    @SuppressWarnings({"unchecked", "deprecation"}) // its successor came with JUnit 6
    private static <T extends AutoCloseable> T inStore(ExtensionContext context, Object key, Supplier<T> making) {
        var closing = (Closing<T>) Objects.requireNonNull(
                context.getStore(NAMESPACE).getOrComputeIfAbsent(key, absent -> new Closing<>(making.get())));
        return closing.resource();
    }

    /**
     * The annotation of the test class, or of the nearest class around it that has one.
     *
     * @param at the context of that class
     */
    private record Annotated(ExtensionContext at, Wanted wanted) {
        static Annotated by(ExtensionContext context) {
            for (var at = context; at != null; at = at.getParent().orElse(null)) {
                var annotation = AnnotationSupport.findAnnotation(at.getElement(), WithBroker.class);
                if (annotation.isPresent()) {
                    return new Annotated(at, Wanted.by(annotation.get()));
                }
            }
            throw new ExtensionConfigurationException("no @WithBroker on " + context.getDisplayName()
                    + " (expected: one, or BrokerExtension.of(…) in a field)");
        }

        /** What tells its broker from that of a class around it. */
        Object key() {
            return at.getUniqueId();
        }
    }
}
