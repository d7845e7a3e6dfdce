package dev.embeddedbroker.loop;

/** Where a bug is reported: an exception that nobody was meant to throw. Called from any thread; must not throw. */
@FunctionalInterface
public interface FailureSink {

    /**
     * Takes note of a bug.
     *
     * @param where what was being done, for the reader of a report, such as {@code "loop 0: timer"}
     */
    void failed(String where, Throwable cause);
}
