package dev.embeddedbroker.storage.batch;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyOutputStream;

/**
 * The Snappy format in the frame of snappy-java, which all Kafka clients write.
 *
 * <pre>
 *   frame = 82 'SNAPPY' 00, int32 version, int32 oldest version able to read, { int32 compressed size, raw snappy block }*
 * </pre>
 *
 * A frame header may come again between blocks (frames joined end to end). Without a frame header all bytes are one raw block, as some clients send.
 * Blocks are read here and not by the library's stream, which allocates whatever size the bytes claim.
 */
final class SnappyCodec implements Codec {
    private static final int BLOCK_BYTES = 32 * 1024;

    @Override
    public OutputStream compress(OutputStream out, int level) throws IOException {
        return new SnappyOutputStream(out, BLOCK_BYTES);
    }

    @Override
    public Decompressor decompressor() {
        Snappy.maxCompressedLength(0); // a library that does not load shows here and not in the middle of a batch
        var buffers = new BlockBuffers();
        return compressed -> new Blocks(compressed.duplicate(), buffers);
    }

    private static final class Blocks extends BlockStream {
        private static final long FRAME_MAGIC = 0x82534e4150505900L;
        private static final int FRAME_HEADER_BYTES = 16;
        private static final int OLDEST_READABLE_VERSION = 1;
        /** No Snappy element makes more than 64 bytes, and none takes less than one. */
        private static final int MAX_EXPANSION = 64;

        private final ByteBuffer in;
        private final BlockBuffers buffers;
        private final boolean framed;

        Blocks(ByteBuffer in, BlockBuffers buffers) throws IOException {
            this.in = in;
            this.buffers = buffers;
            this.framed = readFrameHeader();
        }

        private boolean readFrameHeader() throws IOException {
            if (in.remaining() < FRAME_HEADER_BYTES || in.getLong(in.position()) != FRAME_MAGIC) {
                return false;
            }
            int readableBy = in.getInt(in.position() + 12);
            if (in.getInt(in.position() + 8) < OLDEST_READABLE_VERSION) {
                throw new IOException("snappy frame is of version " + in.getInt(in.position() + 8) + ", readable by "
                        + readableBy + " (expected: at least " + OLDEST_READABLE_VERSION + ")");
            }
            in.position(in.position() + FRAME_HEADER_BYTES);
            return true;
        }

        @Override
        boolean nextBlock() throws IOException {
            while (framed && readFrameHeader()) {
                // the next frame begins here
            }
            if (!in.hasRemaining()) {
                return false;
            }
            int size = in.remaining();
            if (framed) {
                if (size < Integer.BYTES) {
                    throw new EOFException("snappy frame ends within a block size");
                }
                size = in.getInt();
                if (size < 0 || size > in.remaining()) {
                    throw new EOFException("snappy block claims " + size + " bytes, " + in.remaining() + " are left");
                }
            }
            byte[] source = buffers.source(size);
            in.get(source, 0, size);
            uncompress(source, size);
            return true;
        }

        private void uncompress(byte[] source, int sourceBytes) throws IOException {
            int size = Snappy.uncompressedLength(source, 0, sourceBytes);
            if (size < 0 || size > (long) sourceBytes * MAX_EXPANSION) {
                throw new IOException("snappy block of " + sourceBytes + " bytes claims to hold " + size);
            }
            byte[] target = buffers.target(size);
            setBlock(target, 0, Snappy.uncompress(source, 0, sourceBytes, target, 0));
        }
    }
}
