package dev.embeddedbroker.protocol;

import java.util.Objects;

/** A tagged field (KIP-482) whose tag this code does not know: kept as bytes and written again in tag order. */
public final class UnknownTaggedField {
    private final int tag;
    private final byte[] data;

    public UnknownTaggedField(int tag, byte[] data) {
        this.tag = tag;
        this.data = Objects.requireNonNull(data);
    }

    public int tag() {
        return tag;
    }

    /** The content itself, no copy. */
    public byte[] data() {
        return data;
    }

    @Override
    public String toString() {
        return "tag " + tag + " (" + data.length + " bytes)";
    }
}
