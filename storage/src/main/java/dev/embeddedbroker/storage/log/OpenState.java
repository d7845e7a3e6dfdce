package dev.embeddedbroker.storage.log;

/**
 * What a log directory knows of a log before it is opened.
 *
 * @param clean the log was closed, and so its files can be trusted
 * @param recoveryPoint everything below was made durable
 * @param startOffset the log's start offset, as far as it is known; 0 otherwise
 */
public record OpenState(boolean clean, long recoveryPoint, long startOffset) {
    /** Nothing is known: everything is recovered. */
    public static final OpenState UNKNOWN = new OpenState(false, 0, 0);
}
