package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.InputStream;

/** A stream whose bytes come one block at a time. */
abstract class BlockStream extends InputStream {
    private byte[] bytes = new byte[0];
    private int next;
    private int end;

    /** Calls {@link #setBlock} with the next block, which may be empty; false when there is none. */
    abstract boolean nextBlock() throws IOException;

    final void setBlock(byte[] block, int from, int count) {
        bytes = block;
        next = from;
        end = from + count;
    }

    private boolean fill() throws IOException {
        while (next == end) {
            if (!nextBlock()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public final int read() throws IOException {
        return fill() ? bytes[next++] & 0xff : -1;
    }

    @Override
    public final int read(byte[] target, int from, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int read = Math.min(count, end - next);
        System.arraycopy(bytes, next, target, from, read);
        next += read;
        return read;
    }

    @Override
    public final long skip(long count) throws IOException {
        if (count <= 0 || !fill()) {
            return 0;
        }
        int skipped = (int) Math.min(count, end - next);
        next += skipped;
        return skipped;
    }
}
