package dev.embeddedbroker.config;

/** A setting that cannot be accepted; the message gives the name, the value and what was expected. */
public final class InvalidConfig extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InvalidConfig(String message) {
        super(message);
    }

    static InvalidConfig value(String name, Object value, String expected) {
        return new InvalidConfig(name + " is " + value + " (expected: " + expected + ")");
    }
}
