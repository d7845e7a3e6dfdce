package dev.embeddedbroker.config;

/** A secret that does not show itself in logs, messages or DescribeConfigs answers. */
public record Password(String value) {
    @Override
    public String toString() {
        return "[hidden]";
    }
}
