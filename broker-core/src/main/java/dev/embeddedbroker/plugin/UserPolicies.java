package dev.embeddedbroker.plugin;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.ConfigKey;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.Policies;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies behind {@code create.topic.policy.class.name} and {@code alter.config.policy.class.name}.
 *
 * <p><b>Owner:</b> loop 0, once made.
 */
public final class UserPolicies implements Policies, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UserPolicies.class);

    private static final String PACKAGE = "org.apache.kafka.server.policy.";
    private static final String ERRORS = "org.apache.kafka.common.errors.";
    private static final String CREATE_TOPIC = PACKAGE + "CreateTopicPolicy";
    private static final String ALTER_CONFIG = PACKAGE + "AlterConfigPolicy";
    private static final String RESOURCE = "org.apache.kafka.common.config.ConfigResource";

    private final @Nullable UserObject topics;
    private final @Nullable UserObject configs;

    private UserPolicies(@Nullable UserObject topics, @Nullable UserObject configs) {
        this.topics = topics;
        this.configs = configs;
    }

    /** The policies of a broker's settings, made and configured; neither is there unless it is set. */
    public static UserPolicies of(BrokerConfig config) {
        return new UserPolicies(
                make(config, BrokerKeys.CREATE_TOPIC_POLICY_CLASS_NAME, CREATE_TOPIC),
                make(config, BrokerKeys.ALTER_CONFIG_POLICY_CLASS_NAME, ALTER_CONFIG));
    }

    private static @Nullable UserObject make(BrokerConfig config, ConfigKey<String> key, String interfaceName) {
        var className = config.find(key);
        if (className == null || className.isBlank()) {
            return null;
        }
        var policy = UserObject.create(key.name(), UserObject.load(key.name(), className.strip()), interfaceName);
        policy.configure(config.atStart());
        return policy;
    }

    @Override
    public @Nullable Result refusalOf(ConfigResource resource, Map<String, @Nullable String> altered) {
        if (configs == null) {
            return null;
        }
        var type = configs.kafka(RESOURCE + "$Type");
        var theirs = configs.make(
                RESOURCE,
                new Class<?>[] {type, String.class},
                configs.named(RESOURCE + "$Type", "valueOf", resource.type().name()),
                resource.name());
        var request = configs.make(
                ALTER_CONFIG + "$RequestMetadata",
                new Class<?>[] {configs.kafka(RESOURCE), Map.class},
                theirs,
                altered);
        return ask(configs, ALTER_CONFIG, request);
    }

    @Override
    public @Nullable Result refusalOf(Wish topic) {
        if (topics == null) {
            return null;
        }
        var request = topics.make(
                CREATE_TOPIC + "$RequestMetadata",
                new Class<?>[] {String.class, Integer.class, Short.class, Map.class, Map.class},
                topic.topic(),
                topic.partitionCount(),
                topic.replicationFactor(),
                topic.assignments(),
                topic.configs());
        return ask(topics, CREATE_TOPIC, request);
    }

    private static @Nullable Result ask(UserObject policy, String interfaceName, Object request) {
        try {
            policy.call(
                    interfaceName,
                    "validate",
                    new Class<?>[] {policy.kafka(interfaceName + "$RequestMetadata")},
                    request);
            return null;
        } catch (InvocationTargetException e) {
            var refusal = refusal(e.getTargetException());
            if (refusal.error() == ErrorCode.UNKNOWN_SERVER_ERROR) {
                log.error("{} failed", policy, e.getTargetException());
            }
            return refusal;
        }
    }

    /** The error that an exception of kafka-clients stands for: PolicyViolationException is POLICY_VIOLATION, and so on. */
    private static Result refusal(Throwable thrown) {
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            var error = errorOf(type.getName());
            if (error != null) {
                return Result.refused(error, thrown.getMessage());
            }
        }
        return Result.refused(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    private static @Nullable ErrorCode errorOf(String exception) {
        if (exception.equals("org.apache.kafka.common.config.ConfigException")
                || exception.equals(ERRORS + "InvalidConfigurationException")) {
            return ErrorCode.INVALID_CONFIG;
        }
        if (!exception.startsWith(ERRORS)) {
            return null;
        }
        var name = constantName(exception.substring(ERRORS.length()).replace("Exception", ""));
        for (var error : ErrorCode.values()) {
            if (error.name().equals(name) || error.name().equals(name + "_EXCEPTION")) {
                return error;
            }
        }
        return null;
    }

    private static String constantName(String camelCase) {
        var name = new StringBuilder();
        for (int i = 0; i < camelCase.length(); i++) {
            char letter = camelCase.charAt(i);
            if (Character.isUpperCase(letter) && !name.isEmpty()) {
                name.append('_');
            }
            name.append(Character.toUpperCase(letter));
        }
        return name.toString();
    }

    @Override
    public void close() {
        close(topics);
        close(configs);
    }

    private static void close(@Nullable UserObject policy) {
        if (policy == null) {
            return;
        }
        try {
            policy.close();
        } catch (Exception e) {
            log.warn("{} could not be closed", policy, e);
        }
    }
}
