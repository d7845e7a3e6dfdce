package dev.embeddedbroker.api;

import dev.embeddedbroker.config.ConfigSource;
import dev.embeddedbroker.config.Described;
import dev.embeddedbroker.config.InvalidConfig;
import dev.embeddedbroker.config.MalformedChange;
import dev.embeddedbroker.metadata.ConfigChange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The BROKER_LOGGER resource (KIP-412). The broker logs through slf4j into the logging of the process it lives in, which
 * belongs to the user: the root logger's level is shown, and none is changed.
 */
final class BrokerLoggers {
    private static final String ROOT = "root";
    private static final List<String> LEVELS = List.of("DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN");

    private BrokerLoggers() {}

    static Described describe() {
        return new Described(ROOT, level(), ConfigSource.DYNAMIC_BROKER_LOGGER, false, false, List.of(), null);
    }

    private static String level() {
        Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        if (root.isTraceEnabled()) {
            return "TRACE";
        }
        if (root.isDebugEnabled()) {
            return "DEBUG";
        }
        if (root.isInfoEnabled()) {
            return "INFO";
        }
        return root.isWarnEnabled() ? "WARN" : "ERROR";
    }

    /** Refuses what Kafka refuses, and then the change itself. */
    static void alter(List<ConfigAlteration.Step> steps) {
        for (ConfigAlteration.Step step : steps) {
            ConfigChange.Op op = ConfigChange.Op.forId(step.op());
            if (op == null) {
                throw new MalformedChange(
                        "Unknown operation type " + step.op() + " is not allowed for the BROKER_LOGGER resource");
            }
            switch (op) {
                case APPEND, SUBTRACT ->
                    throw new MalformedChange(op + " operation is not allowed for the BROKER_LOGGER resource");
                case DELETE -> {
                    requireKnown(step.name());
                    throw new MalformedChange("Removing the log level of the root logger is not allowed");
                }
                case SET -> requireLevel(step.name(), step.value());
            }
        }
        if (!steps.isEmpty()) {
            throw new MalformedChange(
                    "Log levels belong to the process this broker lives in: set them in its logging configuration");
        }
    }

    private static void requireLevel(String logger, @Nullable String level) {
        requireKnown(logger);
        if (level == null || !LEVELS.contains(level)) {
            throw new InvalidConfig("Cannot set the log level of " + logger + " to " + level
                    + " as it is not a supported log level. Valid log levels are " + String.join(", ", LEVELS));
        }
    }

    private static void requireKnown(String logger) {
        if (!logger.equals(ROOT)) {
            throw new InvalidConfig("Logger " + logger + " does not exist!");
        }
    }
}
