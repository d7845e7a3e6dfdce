package dev.embeddedbroker.storage.batch;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The gzip format, by the JDK. */
final class GzipCodec implements Codec {
    private static final int BUFFER_BYTES = 8 * 1024;

    @Override
    public OutputStream compress(OutputStream out, int level) throws IOException {
        // many small writes come in, and each would be a native call
        return new BufferedOutputStream(new LevelledGzip(out, level), 2 * BUFFER_BYTES);
    }

    @Override
    public Decompressor decompressor() {
        return compressed -> new GZIPInputStream(new ByteBufferStream(compressed.duplicate()), BUFFER_BYTES);
    }

    private static final class LevelledGzip extends GZIPOutputStream {
        LevelledGzip(OutputStream out, int level) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(level);
        }
    }
}
