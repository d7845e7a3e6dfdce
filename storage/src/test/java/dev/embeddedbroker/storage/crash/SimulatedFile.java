package dev.embeddedbroker.storage.crash;

import dev.embeddedbroker.storage.disk.Mapping;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file's bytes twice: as every process sees them (the page cache) and as they are on the device. */
final class SimulatedFile implements SimulatedDisk.Node {
    private final List<byte[]> mapped = new ArrayList<>(0);
    private byte[] cached = new byte[0];
    private int cachedSize;
    private byte[] durable = new byte[0];

    int sizeBytes() {
        return cachedSize;
    }

    byte[] content() {
        return Arrays.copyOf(cached, cachedSize);
    }

    void write(ByteBuffer bytes, int count, long position) {
        int at = (int) position;
        byte[] piece = new byte[count];
        bytes.get(piece);
        resize(Math.max(cachedSize, at + count));
        System.arraycopy(piece, 0, cached, at, count);
        for (byte[] outgrown : mapped) {
            if (at < outgrown.length) {
                System.arraycopy(piece, 0, outgrown, at, Math.min(count, outgrown.length - at));
            }
        }
    }

    void resize(long sizeBytes) {
        int size = (int) sizeBytes;
        if (size > cached.length) {
            cached = Arrays.copyOf(cached, Math.max(size, 2 * cached.length));
        }
        if (size < cachedSize) {
            Arrays.fill(cached, size, cachedSize, (byte) 0);
        }
        cachedSize = size;
    }

    Mapping map(long sizeBytes) {
        resize(Math.max(cachedSize, sizeBytes));
        byte[] seen = cached;
        mapped.add(seen);
        ByteBuffer bytes = ByteBuffer.wrap(seen, 0, (int) sizeBytes).slice().asReadOnlyBuffer();
        return new Mapping() {
            @Override
            public ByteBuffer bytes() {
                return bytes;
            }

            @Override
            public void unmap() {
                mapped.remove(seen);
            }
        };
    }

    void force() {
        durable = content();
    }

    /** What the device has after the machine stopped: of each sector the old or the new bytes, of the sizes one. */
    SimulatedFile afterMachineCrash(Random random, int sectorBytes, double reached) {
        int size = random.nextDouble() < reached ? cachedSize : durable.length;
        if (random.nextInt(4) == 0) {
            int low = Math.min(cachedSize, durable.length);
            size = low + random.nextInt(Math.abs(cachedSize - durable.length) + 1);
        }
        SimulatedFile left = new SimulatedFile();
        left.resize(size);
        for (int at = 0; at < size; at += sectorBytes) {
            byte[] from = random.nextDouble() < reached ? content() : durable;
            int to = Math.min(Math.min(at + sectorBytes, size), from.length);
            if (to > at) {
                System.arraycopy(from, at, left.cached, at, to - at);
            }
        }
        left.force();
        return left;
    }

    SimulatedFile afterProcessCrash() {
        SimulatedFile left = new SimulatedFile();
        left.cached = content();
        left.cachedSize = cachedSize;
        left.durable = durable;
        return left;
    }
}
