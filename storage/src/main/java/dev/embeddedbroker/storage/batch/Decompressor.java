package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Opens blocks of one compressed format, one after the other, and may use again for each what it took for the one before.
 *
 * <p><b>Owner:</b> one thread. Only the stream opened last may be read.
 */
interface Decompressor extends AutoCloseable {

    /**
     * A stream of the decompressed bytes of what the buffer holds between position and limit. The memory it takes is bounded by the format's block
     * size, whatever lengths the bytes claim; bytes that are not of the format make it throw {@link IOException}.
     */
    InputStream open(ByteBuffer compressed) throws IOException;

    /** Gives back what is not the garbage collector's; nothing is opened after it. */
    @Override
    default void close() {}
}
