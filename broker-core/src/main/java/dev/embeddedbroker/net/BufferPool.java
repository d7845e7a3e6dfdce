package dev.embeddedbroker.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The direct memory of one loop's connections: what sockets are read into and small answers are written from.
 *
 * <p><b>Owner:</b> the loop. A buffer may be released on another thread, and is then left to the garbage collector.
 */
final class BufferPool {

    /*
     * Netty's pooled allocators keep whole chunks until a finalizer runs, which a suite that starts a thousand brokers
     * does not wait for; freeing direct memory by hand costs a handshake of all threads on recent JDKs. So buffers are
     * plain JDK ones, few, reused, and collected with the loop.
     *
     * Every read of the loop goes into one shared buffer, from its start as long as no frame in it is still in use:
     * that is the case of a request answered inline. A frame that stays in use keeps the buffer; reads go on behind it
     * and, when that gets narrow, into a fresh one.
     */
    /** Large enough that a produce request of ordinary size comes in one read, and stays where it was read to. */
    static final int READ_BYTES = 256 * 1024;

    private static final int NARROW_BYTES = 64 * 1024;
    private static final int HEAP_BELOW_BYTES = 16 * 1024;
    private static final int SMALLEST_SHIFT = 14;
    private static final int LARGEST_SHIFT = 22;
    private static final int KEPT_BYTES_PER_CLASS = 4 * 1024 * 1024;
    private static final int KEPT_PER_CLASS = 16;

    private final ArrayDeque<Pooled>[] kept = newClasses();
    private @Nullable ByteBuf shared;
    private boolean closed;
    private @Nullable Thread owner;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ArrayDeque<Pooled>[] newClasses() {
        var classes = new ArrayDeque[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = new ArrayDeque<Pooled>();
        }
        return classes;
    }

    /** The shared buffer, with its reader at its writer and room behind it. The caller releases it once. */
    ByteBuf forReading() {
        ByteBuf buffer = shared;
        if (buffer != null && buffer.refCnt() == 1) {
            buffer.clear();
        } else if (buffer == null || buffer.writableBytes() < NARROW_BYTES) {
            if (buffer != null) {
                buffer.release();
            }
            buffer = take(READ_BYTES);
            shared = buffer;
        }
        buffer.readerIndex(buffer.writerIndex());
        return buffer.retain();
    }

    /** An empty buffer of at least {@code bytes}: on the heap when small, so that many half frames cost little. */
    ByteBuf forFrame(int bytes) {
        return bytes < HEAP_BELOW_BYTES ? Unpooled.buffer(bytes) : take(bytes);
    }

    /** An empty direct buffer of at least {@code bytes}. */
    ByteBuf take(int bytes) {
        if (owner == null) {
            owner = Thread.currentThread();
        }
        int sizeClass = sizeClass(bytes);
        if (sizeClass >= kept.length) {
            return new Pooled(bytes, -1);
        }
        Pooled reused = kept[sizeClass].pollFirst();
        return reused == null ? new Pooled(1 << (sizeClass + SMALLEST_SHIFT), sizeClass) : reused.reuse();
    }

    /** Lets go of everything; buffers still in use go to the garbage collector when they are released. */
    void close() {
        closed = true;
        if (shared != null) {
            shared.release();
            shared = null;
        }
        for (var list : kept) {
            list.clear();
        }
    }

    private static int sizeClass(int bytes) {
        int shift = 32 - Integer.numberOfLeadingZeros(Math.max(bytes, 1) - 1);
        return Math.max(0, shift - SMALLEST_SHIFT);
    }

    private void giveBack(Pooled buffer) {
        if (closed || buffer.sizeClass < 0 || Thread.currentThread() != owner) {
            return;
        }
        var list = kept[buffer.sizeClass];
        if (list.size() < Math.min(KEPT_PER_CLASS, KEPT_BYTES_PER_CLASS >> (buffer.sizeClass + SMALLEST_SHIFT))) {
            list.addFirst(buffer);
        }
    }

    private final class Pooled extends UnpooledDirectByteBuf {

        private final int sizeClass;

        private Pooled(int bytes, int sizeClass) {
            super(UnpooledByteBufAllocator.DEFAULT, ByteBuffer.allocateDirect(bytes), bytes);
            this.sizeClass = sizeClass;
            clear();
        }

        private Pooled reuse() {
            resetRefCnt();
            clear();
            return this;
        }

        @Override
        protected void deallocate() {
            giveBack(this);
        }
    }
}
