package dev.embeddedbroker.storage.disk;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An operation on the data directory that failed: the disk is full, a file is gone, the device reported an error.
 *
 * <p>An operating failure, neither a protocol answer (see {@code RecordsRefused}) nor a bug. The broker takes the log
 * directory offline and answers {@code KAFKA_STORAGE_ERROR}.
 */
public class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static StorageException of(String operation, Path path, IOException cause) {
        return new StorageException("could not " + operation + " " + path + ": " + cause, cause);
    }
}
