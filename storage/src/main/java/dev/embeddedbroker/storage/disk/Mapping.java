package dev.embeddedbroker.storage.disk;

import java.nio.ByteBuffer;

/**
 * The bytes of a file as memory.
 *
 * <p>After {@link #unmap()} a use of {@link #bytes()} or of a slice of it is undefined, and on some runtimes kills the
 * process: who unmaps must know that nobody reads any more.
 */
public interface Mapping {

    /** Read-only; position 0, limit the mapped size. */
    ByteBuffer bytes();

    /** Gives the address range back. Once only; any thread. */
    void unmap();
}
