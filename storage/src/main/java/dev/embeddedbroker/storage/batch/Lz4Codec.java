package dev.embeddedbroker.storage.batch;

import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The LZ4 frame format, with raw blocks by lz4-java.
 *
 * <pre>
 *   frame = magic 184D2204, flags, block descriptor, [int64 content size], header checksum, blocks, int32 0   (little-endian)
 *   block = int32 size (top bit: stored as is), bytes, [int32 xxhash32]
 * </pre>
 *
 * Written as Kafka's clients write it: independent blocks of 64 KiB and no checksum but the header's.
 */
final class Lz4Codec implements Codec {
    private static final int MAGIC = 0x184D2204;
    private static final int STORED = 1 << 31;

    private static final int VERSION_1 = 0x40;
    private static final int INDEPENDENT_BLOCKS = 0x20;
    private static final int BLOCK_CHECKSUMS = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int RESERVED_FLAGS = 0x03;
    private static final int BLOCKS_OF_64_KIB = 4;

    @Override
    public OutputStream compress(OutputStream out, int level) throws IOException {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        return new FrameWriter(
                out,
                level == Compression.LZ4.defaultLevel() ? factory.fastCompressor() : factory.highCompressor(level));
    }

    @Override
    public Decompressor decompressor() {
        var blocks = LZ4Factory.fastestInstance().safeDecompressor();
        var hash = XXHashFactory.fastestInstance().hash32();
        var buffers = new BlockBuffers();
        return compressed -> new FrameReader(compressed.slice().order(ByteOrder.LITTLE_ENDIAN), blocks, hash, buffers);
    }

    private static byte headerChecksum(byte[] header, int from, int count) {
        return (byte) (XXHashFactory.fastestInstance().hash32().hash(header, from, count, 0) >> 8);
    }

    private static final class FrameWriter extends FilterOutputStream {
        private final LZ4Compressor compressor;
        private final byte[] block = new byte[64 * 1024];
        private final byte[] packed;
        private int size;

        FrameWriter(OutputStream out, LZ4Compressor compressor) throws IOException {
            super(out);
            this.compressor = compressor;
            this.packed = new byte[compressor.maxCompressedLength(block.length)];
            writeInt(MAGIC);
            byte[] descriptor = {(byte) (VERSION_1 | INDEPENDENT_BLOCKS), (byte) (BLOCKS_OF_64_KIB << 4)};
            out.write(descriptor);
            out.write(headerChecksum(descriptor, 0, 2));
        }

        @Override
        public void write(int b) throws IOException {
            if (size == block.length) {
                writeBlock();
            }
            block[size++] = (byte) b;
        }

        @Override
        public void write(byte[] source, int from, int count) throws IOException {
            int at = from;
            int left = count;
            while (left > block.length - size) {
                int fits = block.length - size;
                System.arraycopy(source, at, block, size, fits);
                size = block.length;
                writeBlock();
                at += fits;
                left -= fits;
            }
            System.arraycopy(source, at, block, size, left);
            size += left;
        }

        private void writeBlock() throws IOException {
            if (size == 0) {
                return;
            }
            int packedSize = compressor.compress(block, 0, size, packed, 0, packed.length);
            if (packedSize < size) {
                writeInt(packedSize);
                out.write(packed, 0, packedSize);
            } else {
                writeInt(size | STORED);
                out.write(block, 0, size);
            }
            size = 0;
        }

        private void writeInt(int value) throws IOException {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(value >>> shift);
            }
        }

        @Override
        public void flush() throws IOException {
            writeBlock();
            out.flush();
        }

        @Override
        public void close() throws IOException {
            writeBlock();
            writeInt(0);
            out.flush();
        }
    }

    private static final class FrameReader extends BlockStream {
        private final ByteBuffer in;
        private final LZ4SafeDecompressor decompressor;
        private final XXHash32 hash;
        private final BlockBuffers buffers;
        private final boolean blockChecksums;
        private final int maxBlockBytes;
        private boolean ended;

        FrameReader(ByteBuffer in, LZ4SafeDecompressor decompressor, XXHash32 hash, BlockBuffers buffers)
                throws IOException {
            this.in = in;
            this.decompressor = decompressor;
            this.hash = hash;
            this.buffers = buffers;
            require(6);
            int magic = in.getInt();
            if (magic != MAGIC) {
                throw new IOException(
                        "lz4 frame begins with 0x" + Integer.toHexString(magic) + " (expected: 0x184d2204)");
            }
            byte[] descriptor = new byte[2 + Long.BYTES];
            descriptor[0] = in.get();
            descriptor[1] = in.get();
            int flags = descriptor[0];
            int sizeCode = (descriptor[1] >> 4) & 0x0f;
            if ((flags & 0xc0) != VERSION_1 || (flags & RESERVED_FLAGS) != 0 || (flags & INDEPENDENT_BLOCKS) == 0) {
                throw new IOException("lz4 frame has flags 0x" + Integer.toHexString(flags & 0xff)
                        + " (expected: version 1, independent blocks, no dictionary)");
            }
            if ((descriptor[1] & 0x8f) != 0 || sizeCode < 4 || sizeCode > 7) {
                throw new IOException("lz4 frame has block descriptor 0x" + Integer.toHexString(descriptor[1] & 0xff)
                        + " (expected: 0x40 to 0x70)");
            }
            int descriptorBytes = 2;
            if ((flags & CONTENT_SIZE) != 0) {
                require(Long.BYTES);
                in.get(descriptor, 2, Long.BYTES);
                descriptorBytes += Long.BYTES;
            }
            require(1);
            if (in.get() != headerChecksum(descriptor, 0, descriptorBytes)) {
                throw new IOException("lz4 frame header does not match its checksum");
            }
            this.blockChecksums = (flags & BLOCK_CHECKSUMS) != 0;
            this.maxBlockBytes = 1 << (2 * sizeCode + 8);
        }

        private void require(int count) throws EOFException {
            if (in.remaining() < count) {
                throw new EOFException("lz4 frame ends " + (count - in.remaining()) + " bytes early");
            }
        }

        @Override
        boolean nextBlock() throws IOException {
            if (ended) {
                return false;
            }
            require(Integer.BYTES);
            int field = in.getInt();
            int size = field & ~STORED;
            if (size == 0) {
                ended = true;
                return false;
            }
            if (size > maxBlockBytes) {
                throw new IOException("lz4 block is " + size + " bytes (expected: at most " + maxBlockBytes + ")");
            }
            require(size + (blockChecksums ? Integer.BYTES : 0));
            byte[] source = buffers.source(size);
            in.get(source, 0, size);
            if (blockChecksums && in.getInt() != hash.hash(source, 0, size, 0)) {
                throw new IOException("lz4 block does not match its checksum");
            }
            if ((field & STORED) != 0) {
                setBlock(source, 0, size);
            } else {
                byte[] target = buffers.target(maxBlockBytes);
                try {
                    setBlock(target, 0, decompressor.decompress(source, 0, size, target, 0, maxBlockBytes));
                } catch (LZ4Exception corrupt) {
                    throw new IOException("lz4 block is corrupt", corrupt);
                }
            }
            return true;
        }
    }
}
