package dev.embeddedbroker.fault;

/**
 * A rule that never fired.
 *
 * @param rule the rule
 * @param why how many requests of its kind came, and what kept each of them from meeting the rule
 */
public record UnusedRule(FaultRule rule, String why) {

    @Override
    public String toString() {
        return rule + " never fired: " + why;
    }
}
