package dev.embeddedbroker.storage.disk;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * One open file.
 *
 * <p><b>Owner:</b> whoever opened it. Not thread-safe, except {@link #force()}, which the maintenance thread may call
 * while the owner writes.
 */
public interface DiskFile extends AutoCloseable {

    Path path();

    long sizeBytes();

    /** Writes all of {@code bytes} at {@code position}. */
    void write(ByteBuffer bytes, long position);

    /** Reads up to {@code into.remaining()} bytes from {@code position}; less only at the end of the file. */
    int read(ByteBuffer into, long position);

    /**
     * Maps the first {@code sizeBytes} bytes read-only. A shorter file is made longer, sparsely. The mapping stays valid
     * after the file is closed or deleted, and sees every later write, until the file is mapped or made larger than that.
     */
    Mapping map(long sizeBytes);

    /** Cuts the file. Never below a size that is mapped. */
    void truncate(long sizeBytes);

    /** The file, which is new, will have about so many bytes: nothing changes but how it grows. */
    default void expect(int sizeBytes) {}

    /** Makes what was written durable. */
    void force();

    @Override
    void close();
}
