package dev.embeddedbroker.inspect;

/**
 * What was awaited did not come about within its limit. The message says what is missing, and how the broker stands: that
 * is what the test failed for, so it counts as a failed assertion.
 */
public final class AwaitTimeout extends AssertionError {
    private static final long serialVersionUID = 1L;

    AwaitTimeout(String message) {
        super(message);
    }
}
