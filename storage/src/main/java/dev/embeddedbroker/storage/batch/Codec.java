package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** One compressed format as Kafka's clients write and read it. Implementations hold nothing and are the only classes that name a library. */
interface Codec {

    /** A stream that compresses into {@code out}; closing it ends the compressed block and leaves {@code out} open. */
    OutputStream compress(OutputStream out, int level) throws IOException;

    /**
     * The decompressed bytes of what the buffer holds between position and limit. The memory it takes is bounded by the format's block size,
     * whatever lengths the bytes claim; bytes that are not of the format make it throw {@link IOException}.
     */
    InputStream decompress(ByteBuffer compressed) throws IOException;
}
