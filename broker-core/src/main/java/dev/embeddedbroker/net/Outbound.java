package dev.embeddedbroker.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of one connection: an answer's segments become one gathering write, then its leases are closed.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails is told through the promise or as an exception
final class Outbound {

    /*
     * A socket writes from direct memory only. So an answer's parts on the heap (all of it but the records) are copied
     * once, side by side, into a direct buffer, with the size in front; parts that are direct already, mapped log files,
     * are written from where they are, in between.
     */
    private static final Logger log = LoggerFactory.getLogger(Outbound.class);

    private static final int SIZE_BYTES = 4;

    private final Channel channel;
    private final BufferPool buffers;

    Outbound(Channel channel, BufferPool buffers) {
        this.channel = channel;
        this.buffers = buffers;
    }

    /**
     * Writes a frame of these segments, without flushing. {@code leases} are closed once the bytes are with the socket
     * or can no longer get there.
     */
    void write(List<ByteBuffer> segments, List<? extends AutoCloseable> leases) {
        long size = 0;
        int heapBytes = SIZE_BYTES;
        for (ByteBuffer segment : segments) {
            size += segment.remaining();
            if (!segment.isDirect()) {
                heapBytes += segment.remaining();
            }
        }
        if (size > Integer.MAX_VALUE) {
            closeAll(leases);
            throw new IllegalArgumentException(
                    "an answer of " + size + " bytes (expected: <= " + Integer.MAX_VALUE + ")");
        }
        ByteBuf heapParts = buffers.take(heapBytes);
        heapParts.writeInt((int) size);
        writeInOrder(segments, heapParts, promiseToClose(leases));
    }

    /** Consumes {@code heapParts}, which already holds the size. */
    private void writeInOrder(List<ByteBuffer> segments, ByteBuf heapParts, ChannelPromise whenDone) {
        for (ByteBuffer segment : segments) {
            if (!segment.isDirect()) {
                heapParts.writeBytes(segment.duplicate());
            } else if (segment.hasRemaining()) {
                if (heapParts.isReadable()) {
                    channel.write(heapParts.readRetainedSlice(heapParts.readableBytes()), channel.voidPromise());
                }
                channel.write(Unpooled.wrappedBuffer(segment.duplicate()), channel.voidPromise());
            }
        }
        // last, and empty when the answer ends with records: the promise of an empty buffer is kept in its turn
        channel.write(heapParts, whenDone);
    }

    private ChannelPromise promiseToClose(List<? extends AutoCloseable> leases) {
        if (leases.isEmpty()) {
            return channel.voidPromise();
        }
        ChannelPromise promise = channel.newPromise();
        promise.addListener(done -> closeAll(leases));
        return promise;
    }

    /** Closes every lease; one that cannot be closed must not keep the others open. */
    static void closeAll(List<? extends AutoCloseable> leases) {
        for (AutoCloseable lease : leases) {
            try {
                lease.close();
            } catch (Exception e) {
                log.error("A lease could not be closed: {}", lease, e);
            }
        }
    }
}
