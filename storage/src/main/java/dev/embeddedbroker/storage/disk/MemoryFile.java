package dev.embeddedbroker.storage.disk;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file in memory.
 *
 * <p>They lie in one {@link Block}, which is replaced by one twice as large when it is full: a mapping of the earlier one
 * goes on showing what was written until then. A block goes when neither its file nor a mapping needs it.
 *
 * <p><b>Owner:</b> the {@link MemoryDisk}, for as long as the file has a name, and whoever has it open. Guarded by
 * {@code this}; the bytes of a mapping are read without, as those of a mapped file are.
 */
final class MemoryFile {
    private static final int FIRST_BLOCK_BYTES = 128;
    private static final int MOST_BYTES_ON_HEAP = 4096;

    private final Unmapper memory;
    private final AtomicLong bytesOffHeap;
    private Block block = new Block(ByteBuffer.allocate(0), () -> {});
    private int sizeBytes;
    private int writtenBytes;
    private int holds = 1;
    private long lastModifiedMs = System.currentTimeMillis();

    MemoryFile(Unmapper memory, AtomicLong bytesOffHeap) {
        this.memory = memory;
        this.bytesOffHeap = bytesOffHeap;
    }

    // ---- who needs it

    synchronized MemoryFile retain() {
        holds++;
        return this;
    }

    synchronized void release() {
        if (--holds == 0) {
            block.release();
        }
    }

    // ---- bytes

    synchronized int sizeBytes() {
        return sizeBytes;
    }

    synchronized long lastModifiedMs() {
        return lastModifiedMs;
    }

    synchronized void setLastModifiedMs(long ms) {
        lastModifiedMs = ms;
    }

    synchronized void write(ByteBuffer bytes, long position) {
        int count = bytes.remaining();
        extend(position + count);
        int at = (int) position;
        block.bytes.put(at, bytes, bytes.position(), count);
        bytes.position(bytes.limit());
        writtenBytes = Math.max(writtenBytes, at + count);
        lastModifiedMs = System.currentTimeMillis();
    }

    synchronized void expect(int bytes) {
        if (bytes > block.capacity()) {
            moveToBlockOf(bytes);
        }
    }

    synchronized int read(ByteBuffer into, long position) {
        int count = (int) Math.max(0, Math.min(into.remaining(), sizeBytes - position));
        if (count > 0) {
            into.put(block.bytes.slice((int) position, count));
        }
        return count;
    }

    synchronized byte[] readAll() {
        byte[] all = new byte[sizeBytes];
        block.bytes.get(0, all);
        return all;
    }

    synchronized Mapping map(long bytes) {
        extend(bytes);
        Block mapped = block.retain();
        ByteBuffer shown = mapped.bytes.slice(0, (int) bytes).asReadOnlyBuffer();
        return new Mapping() {
            @Override
            public ByteBuffer bytes() {
                return shown;
            }

            @Override
            public void unmap() {
                mapped.release();
            }
        };
    }

    synchronized void resize(long bytes) {
        truncate(bytes);
        extend(bytes);
    }

    synchronized void truncate(long bytes) {
        if (bytes < sizeBytes) {
            sizeBytes = (int) bytes;
            lastModifiedMs = System.currentTimeMillis();
        }
    }

    /** Makes the file as long, with zeros. */
    private void extend(long bytes) {
        if (bytes <= sizeBytes) {
            return;
        }
        if (bytes > block.capacity()) {
            moveToBlockOf(bytes);
        }
        for (int at = sizeBytes; at < Math.min(bytes, writtenBytes); at++) {
            block.bytes.put(at, (byte) 0); // cut off before, and not to come back
        }
        sizeBytes = (int) bytes;
    }

    private void moveToBlockOf(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new StorageException(
                    "a file in memory has " + bytes + " bytes (expected: at most " + Integer.MAX_VALUE + ")");
        }
        int capacity = FIRST_BLOCK_BYTES;
        while (capacity < bytes && capacity > 0) {
            capacity <<= 1;
        }
        Block larger = allocate(capacity > 0 ? capacity : Integer.MAX_VALUE);
        larger.bytes.put(0, block.bytes, 0, sizeBytes);
        block.release();
        block = larger;
        writtenBytes = sizeBytes;
    }

    private Block allocate(int capacity) {
        if (capacity <= MOST_BYTES_ON_HEAP) {
            return new Block(ByteBuffer.allocate(capacity), () -> {});
        }
        if (!MemoryLimit.allows(bytesOffHeap.addAndGet(capacity))) {
            bytesOffHeap.addAndGet(-capacity);
            throw noMemory(capacity, null);
        }
        try {
            Mapping allocated = memory.allocate(capacity);
            return new Block(allocated.bytes(), () -> {
                allocated.unmap();
                bytesOffHeap.addAndGet(-capacity);
            });
        } catch (OutOfMemoryError e) {
            bytesOffHeap.addAndGet(-capacity);
            throw noMemory(capacity, e);
        }
    }

    private StorageException noMemory(int capacity, @Nullable OutOfMemoryError cause) {
        return new StorageException(
                "no memory is left for a file of " + capacity + " bytes, beside " + bytesOffHeap
                        + " that this broker has (expected: more by -XX:MaxDirectMemorySize, or a data directory)",
                cause);
    }

    /** A piece of memory, and who needs it: its file, and each mapping. Whoever lets go last frees it. */
    private static final class Block {
        final ByteBuffer bytes;
        private final Runnable free;
        private final AtomicInteger holds = new AtomicInteger(1);

        Block(ByteBuffer bytes, Runnable free) {
            this.bytes = bytes;
            this.free = free;
        }

        int capacity() {
            return bytes.capacity();
        }

        Block retain() {
            holds.incrementAndGet();
            return this;
        }

        void release() {
            if (holds.decrementAndGet() == 0) {
                free.run();
            }
        }
    }
}
