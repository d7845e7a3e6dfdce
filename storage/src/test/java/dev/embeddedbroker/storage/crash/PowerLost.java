package dev.embeddedbroker.storage.crash;

/** The process or the machine ends here. An error, so that no code under test handles it. */
final class PowerLost extends Error {
    private static final long serialVersionUID = 1L;

    PowerLost(String operation) {
        super("ends at: " + operation, null, false, false);
    }
}
