package dev.embeddedbroker.plugin;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.api.TelemetryReceiver;
import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of {@code metric.reporters} that receive what clients push: implementations of
 * {@code org.apache.kafka.server.telemetry.ClientTelemetry} (KIP-714) or {@code ClientTelemetryExporterProvider}. This
 * broker has no metrics of its own to report, so other reporters are passed over with a warning.
 *
 * <p><b>Owner:</b> none; unchanging once made.
 */
public final class TelemetryReceivers implements TelemetryReceiver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TelemetryReceivers.class);

    private static final String KAFKAS_OWN = "org.apache.kafka.common.metrics.JmxReporter";
    private static final String REPORTER = "org.apache.kafka.common.metrics.MetricsReporter";
    private static final String PACKAGE = "org.apache.kafka.server.telemetry.";
    private static final String PROVIDER = PACKAGE + "ClientTelemetryExporterProvider";
    private static final String EXPORTER = PACKAGE + "ClientTelemetryExporter";
    private static final String TELEMETRY = PACKAGE + "ClientTelemetry";
    private static final String RECEIVER = PACKAGE + "ClientTelemetryReceiver";
    private static final String CONTEXT = PACKAGE + "ClientTelemetryContext";
    private static final String PAYLOAD = PACKAGE + "ClientTelemetryPayload";
    private static final String REQUEST_CONTEXT = "org.apache.kafka.server.authorizer.AuthorizableRequestContext";
    private static final String AUTH = "org.apache.kafka.common.security.auth.";

    private final List<UserObject> reporters = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    /** What takes the pushes for one reporter: an exporter or, in older versions, a receiver. */
    private record Target(UserObject reporter, Object object, boolean isExporter) {}

    private TelemetryReceivers() {}

    /** The receivers of a broker's settings, made and configured. */
    public static TelemetryReceivers of(BrokerConfig config) {
        var receivers = new TelemetryReceivers();
        for (String name : config.get(BrokerKeys.METRIC_REPORTERS)) {
            if (!name.equals(KAFKAS_OWN)) {
                receivers.add(UserObject.load(BrokerKeys.METRIC_REPORTERS.name(), name), config.atStart());
            }
        }
        return receivers;
    }

    private void add(Class<?> type, Map<String, String> settings) {
        boolean provides = UserObject.has(type, PROVIDER);
        if (!provides && !UserObject.has(type, TELEMETRY)) {
            log.warn("metric.reporters has {}, which gets nothing: this broker has no metrics yet", type.getName());
            return;
        }
        var reporter = UserObject.create(BrokerKeys.METRIC_REPORTERS.name(), type, REPORTER);
        reporters.add(reporter);
        reporter.configure(settings);
        try {
            reporter.call(REPORTER, "init", new Class<?>[] {List.class}, List.of());
            var target = provides
                    ? reporter.call(PROVIDER, "clientTelemetryExporter", new Class<?>[] {})
                    : reporter.call(TELEMETRY, "clientReceiver", new Class<?>[] {});
            if (target != null) {
                targets.add(new Target(reporter, target, provides));
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(reporter + " failed", e.getCause());
        }
    }

    /** Whether nobody receives anything. */
    public boolean isEmpty() {
        return targets.isEmpty();
    }

    @Override
    public void receive(RequestContext context, Push push) throws Exception {
        for (Target target : targets) {
            try {
                export(target, context, push);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(target.reporter() + " failed", e.getCause());
            }
        }
    }

    private static void export(Target target, RequestContext context, Push push) throws InvocationTargetException {
        var reporter = target.reporter();
        var request = requestContext(reporter, context);
        var payload = payload(reporter, push);
        if (target.isExporter()) {
            Map<String, Supplier<Object>> answers =
                    Map.of("pushIntervalMs", push::pushIntervalMs, "authorizableRequestContext", () -> request);
            UserObject.call(
                    reporter.kafka(EXPORTER),
                    target.object(),
                    "exportMetrics",
                    new Class<?>[] {reporter.kafka(CONTEXT), reporter.kafka(PAYLOAD)},
                    view(reporter.kafka(CONTEXT), answers),
                    payload);
        } else {
            UserObject.call(
                    reporter.kafka(RECEIVER),
                    target.object(),
                    "exportMetrics",
                    new Class<?>[] {reporter.kafka(REQUEST_CONTEXT), reporter.kafka(PAYLOAD)},
                    request,
                    payload);
        }
    }

    private static Object payload(UserObject reporter, Push push) {
        var id = push.clientInstanceId();
        var theirId = reporter.make(
                "org.apache.kafka.common.Uuid",
                new Class<?>[] {long.class, long.class},
                id.mostSignificantBits(),
                id.leastSignificantBits());
        return view(
                reporter.kafka(PAYLOAD),
                Map.of(
                        "clientInstanceId", () -> theirId,
                        "isTerminating", push::terminating,
                        "contentType", () -> "OTLP",
                        "data", () -> push.data().duplicate()));
    }

    private static Object requestContext(UserObject reporter, RequestContext context) {
        var connection = context.connection();
        var who = connection.principal().split(":", 2);
        var principal = reporter.make(
                AUTH + "KafkaPrincipal", new Class<?>[] {String.class, String.class}, who[0], who[who.length - 1]);
        var clientId = context.clientId();
        return view(
                reporter.kafka(REQUEST_CONTEXT),
                Map.of(
                        "listenerName", connection::listenerName,
                        "securityProtocol", () -> reporter.named(AUTH + "SecurityProtocol", "forName", "PLAINTEXT"),
                        "principal", () -> principal,
                        "clientAddress", () -> connection.remoteAddress().getAddress(),
                        "requestType", () -> (int) context.api().id(),
                        "requestVersion", () -> (int) context.version(),
                        "clientId", () -> clientId == null ? "" : clientId,
                        "correlationId", () -> 0));
    }

    /** An object with an interface of kafka-clients whose methods have fixed answers. */
    private static Object view(Class<?> type, Map<String, Supplier<Object>> answers) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            var answer = answers.get(method.getName());
            if (answer != null) {
                return answer.get();
            }
            return switch (method.getName()) {
                case "toString" -> type.getSimpleName();
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == arguments[0];
                default -> throw new UnsupportedOperationException(method.toString());
            };
        });
    }

    @Override
    public void close() {
        for (UserObject reporter : reporters) {
            try {
                reporter.close();
            } catch (Exception e) {
                log.warn("{} could not be closed", reporter, e);
            }
        }
    }
}
