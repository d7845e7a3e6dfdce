package dev.embeddedbroker.metadata;

/** The metadata log says something that cannot follow from what it said before; the broker cannot start from it. */
public final class CorruptMetadata extends RuntimeException {
    private static final long serialVersionUID = 1;

    CorruptMetadata(String found) {
        super("the metadata log contains " + found);
    }

    CorruptMetadata(String found, Throwable cause) {
        super("the metadata log contains " + found, cause);
    }
}
