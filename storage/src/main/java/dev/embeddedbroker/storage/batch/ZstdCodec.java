package dev.embeddedbroker.storage.batch;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The Zstandard format (KIP-110), by zstd-jni. */
final class ZstdCodec implements Codec {
    private static final int BUFFER_BYTES = 16 * 1024;

    @Override
    public OutputStream compress(OutputStream out, int level) throws IOException {
        // many small writes come in, and each would be a native call
        return new BufferedOutputStream(new ZstdOutputStreamNoFinalizer(out, level), BUFFER_BYTES);
    }

    @Override
    public InputStream decompress(ByteBuffer compressed) throws IOException {
        return new ZstdInputStreamNoFinalizer(new ByteBufferStream(compressed.duplicate()));
    }
}
