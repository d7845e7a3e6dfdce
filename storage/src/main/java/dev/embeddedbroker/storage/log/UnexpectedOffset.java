package dev.embeddedbroker.storage.log;

/** The answer to a replica's append that does not continue the log: it begins before the log's end. No stack trace. */
public final class UnexpectedOffset extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long firstOffset;
    private final long lastOffset;

    public UnexpectedOffset(long firstOffset, long lastOffset, long endOffset) {
        super("append begins at offset " + firstOffset + " (expected: >= " + endOffset + ")", null, false, false);
        this.firstOffset = firstOffset;
        this.lastOffset = lastOffset;
    }

    public long firstOffset() {
        return firstOffset;
    }

    public long lastOffset() {
        return lastOffset;
    }
}
