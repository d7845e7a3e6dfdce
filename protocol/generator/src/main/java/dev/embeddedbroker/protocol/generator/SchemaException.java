package dev.embeddedbroker.protocol.generator;

/** A schema says something the generator does not understand; the build stops. */
final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SchemaException(String message) {
        super(message);
    }

    SchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
