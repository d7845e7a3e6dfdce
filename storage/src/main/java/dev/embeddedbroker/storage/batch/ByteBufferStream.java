package dev.embeddedbroker.storage.batch;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** The rest of a buffer as a stream. Takes the buffer over: pass a duplicate. */
final class ByteBufferStream extends InputStream {
    private final ByteBuffer buffer;

    ByteBufferStream(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    public int read() {
        return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int count) {
        if (count == 0) {
            return 0;
        }
        int read = Math.min(count, buffer.remaining());
        if (read == 0) {
            return -1;
        }
        buffer.get(target, from, read);
        return read;
    }

    @Override
    public int available() {
        return buffer.remaining();
    }
}
