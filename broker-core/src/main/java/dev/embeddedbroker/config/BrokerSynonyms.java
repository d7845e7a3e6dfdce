package dev.embeddedbroker.config;

import java.util.List;

/** The names under which one broker setting may be given, the finest first (KIP-226). */
final class BrokerSynonyms {
    private static final List<String> ROLL = List.of("log.roll.ms", "log.roll.hours");
    private static final List<String> ROLL_JITTER = List.of("log.roll.jitter.ms", "log.roll.jitter.hours");
    private static final List<String> FLUSH = List.of("log.flush.interval.ms", "log.flush.scheduler.interval.ms");
    private static final List<String> RETENTION =
            List.of("log.retention.ms", "log.retention.minutes", "log.retention.hours");

    private BrokerSynonyms() {}

    /** This name and the others of the same setting; for a listener's own setting, the general one behind it. */
    static List<String> of(String name) {
        String general = ListenerSettings.generalName(name);
        return general != null ? List.of(name, general) : ofGeneral(name);
    }

    /** The same, but a listener's own setting stands alone. */
    static List<String> ofGeneral(String name) {
        return switch (name) {
            case "log.roll.ms", "log.roll.hours" -> ROLL;
            case "log.roll.jitter.ms", "log.roll.jitter.hours" -> ROLL_JITTER;
            case "log.flush.interval.ms" -> FLUSH;
            case "log.retention.ms", "log.retention.minutes", "log.retention.hours" -> RETENTION;
            default -> List.of(name);
        };
    }
}
