package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.OutputStream;

/** One compressed format as Kafka's clients write and read it. Implementations hold nothing and are the only classes that name a library. */
interface Codec {

    /** A stream that compresses into {@code out}; closing it ends the compressed block and leaves {@code out} open. */
    OutputStream compress(OutputStream out, int level) throws IOException;

    /** What decompresses such blocks, one after the other. */
    Decompressor decompressor();
}
