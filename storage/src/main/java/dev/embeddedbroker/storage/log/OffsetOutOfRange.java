package dev.embeddedbroker.storage.log;

/** The answer to a read or a trim at an offset that the log does not have. An expected outcome: no stack trace. */
public final class OffsetOutOfRange extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long offset;
    private final long startOffset;
    private final long endOffset;

    public OffsetOutOfRange(long offset, long startOffset, long endOffset) {
        super("offset is " + offset + " (expected: " + startOffset + " to " + endOffset + ")", null, false, false);
        this.offset = offset;
        this.startOffset = startOffset;
        this.endOffset = endOffset;
    }

    public long offset() {
        return offset;
    }

    public long startOffset() {
        return startOffset;
    }

    public long endOffset() {
        return endOffset;
    }
}
