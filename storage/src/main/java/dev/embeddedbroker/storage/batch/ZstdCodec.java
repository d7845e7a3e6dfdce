package dev.embeddedbroker.storage.batch;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The Zstandard format (KIP-110), by zstd-jni. */
final class ZstdCodec implements Codec {
    private static final int BUFFER_BYTES = 16 * 1024;

    @Override
    public OutputStream compress(OutputStream out, int level) throws IOException {
        // many small writes come in, and each would be a native call
        return new BufferedOutputStream(new ZstdOutputStreamNoFinalizer(out, level), BUFFER_BYTES);
    }

    @Override
    public Decompressor decompressor() {
        return new Session();
    }

    /** A context of the library, which takes more time to make than a batch of the usual size to decompress. */
    private static final class Session implements Decompressor {
        private @Nullable ZstdInputStreamNoFinalizer stream;

        @Override
        public InputStream open(ByteBuffer compressed) throws IOException {
            var bytes = new ByteBufferStream(compressed.duplicate());
            if (stream == null) {
                stream = new ZstdInputStreamNoFinalizer(bytes);
            } else {
                stream.resetSession(bytes);
            }
            return new FilterInputStream(stream) {
                @Override
                public void close() {
                    // the context is for the next one too
                }
            };
        }

        @Override
        public void close() {
            if (stream != null) {
                try {
                    stream.close();
                } catch (IOException impossible) {
                    throw new UncheckedIOException("closing a stream over bytes in memory", impossible);
                }
            }
        }
    }
}
