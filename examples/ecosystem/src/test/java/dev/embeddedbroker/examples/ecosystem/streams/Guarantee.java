package dev.embeddedbroker.examples.ecosystem.streams;

/** What Kafka Streams promises of each record: its setting {@code processing.guarantee}. */
enum Guarantee {
    AT_LEAST_ONCE("at_least_once"),
    EXACTLY_ONCE("exactly_once_v2");

    final String setting;

    Guarantee(String setting) {
        this.setting = setting;
    }

    /** A name for what a test makes, different for each guarantee. */
    String of(String name) {
        return name + "-" + setting.replace('_', '-');
    }
}
