package dev.embeddedbroker.plugin;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.InvalidConfig;
import dev.embeddedbroker.coordinator.group.assign.Assignor;
import dev.embeddedbroker.coordinator.group.assign.Assignors;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assignors of {@code group.consumer.assignors}: our own, by Kafka's names or classes, and the user's, by their
 * classes.
 *
 * <p><b>Owner:</b> none; unchanging once made.
 */
public final class UserAssignors implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UserAssignors.class);

    private static final String CONFIGURABLE = "org.apache.kafka.common.Configurable";

    private final List<UserObject> users = new ArrayList<>();
    private final Assignors all;

    private UserAssignors(BrokerConfig config) {
        String setting = BrokerKeys.GROUP_CONSUMER_ASSIGNORS.name();
        var assignors = new ArrayList<Assignor>();
        for (String name : config.get(BrokerKeys.GROUP_CONSUMER_ASSIGNORS)) {
            var own = Assignors.own(name);
            assignors.add(own == null ? load(setting, name, config) : own);
        }
        try {
            all = Assignors.of(assignors);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig(
                    setting + " is " + config.get(BrokerKeys.GROUP_CONSUMER_ASSIGNORS) + ": " + e.getMessage());
        }
    }

    /** The assignors of a broker's settings, made and configured. */
    public static UserAssignors of(BrokerConfig config) {
        return new UserAssignors(config);
    }

    private Assignor load(String setting, String className, BrokerConfig config) {
        var user = UserObject.create(setting, UserObject.load(setting, className), UserAssignor.INTERFACE);
        users.add(user);
        if (user.has(CONFIGURABLE)) {
            user.configure(config.atStart());
        }
        return new UserAssignor(user);
    }

    /** All of them, the default first. */
    public Assignors all() {
        return all;
    }

    @Override
    public void close() {
        for (UserObject user : users) {
            try {
                user.close();
            } catch (Exception e) {
                log.warn("{} could not be closed", user, e);
            }
        }
    }
}
