package dev.embeddedbroker.metadata;

/** A command of the controller has not been carried out: the metadata log could not be written, or the broker stops. */
public final class ControllerUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    ControllerUnavailable(String message, Throwable cause) {
        super(message, cause);
    }

    ControllerUnavailable(String message) {
        super(message);
    }
}
