package dev.embeddedbroker.config;

/** A change of settings that cannot be understood or is not allowed as asked (INVALID_REQUEST on the wire). */
public final class MalformedChange extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedChange(String message) {
        super(message);
    }
}
