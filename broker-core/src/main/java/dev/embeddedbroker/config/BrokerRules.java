package dev.embeddedbroker.config;

/** What the settings of a broker have to fulfil together. */
final class BrokerRules {
    private BrokerRules() {}

    static void validate(BrokerConfig config) {
        if (!config.get(BrokerKeys.NODE_ID).equals(config.get(BrokerKeys.BROKER_ID))) {
            throw InvalidConfig.value(
                    "broker.id",
                    config.get(BrokerKeys.BROKER_ID),
                    "node.id, which is " + config.get(BrokerKeys.NODE_ID));
        }
    }
}
