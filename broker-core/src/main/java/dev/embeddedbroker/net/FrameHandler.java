package dev.embeddedbroker.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into frames: a four byte size, then so many bytes.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class FrameHandler extends InboundHandler {

    /*
     * Where bytes go. Between frames the socket is read into the loop's shared buffer, and a frame that arrived whole
     * stays there: not copied. When a frame is only begun, what came of it is copied into memory of its own, and from
     * then on the socket is read straight into that. A connection whose frames are large would have most of each copied
     * that way, so after a large frame only a small piece is read between frames.
     *
     * A declared size allocates nothing by itself: memory grows fourfold as bytes arrive, from FIRST_BYTES.
     */
    private static final int FIRST_BYTES = 64 * 1024;

    private static final int GROWTH = 4;
    private static final int LARGE_FRAME_BYTES = BufferPool.READ_BYTES / 2;
    private static final int BETWEEN_LARGE_FRAMES_BYTES = 1024;
    private static final int READS_PER_TURN = 16;
    private static final int SIZE_BYTES = 4;
    private static final int NONE = -1;

    private final BufferPool buffers;
    private final RequestBudget budget;
    private final int maxFrameBytes;
    private final FrameSink sink;
    private final ReadTarget target = new ReadTarget();

    private int sizeSoFar; // the bytes of the size read so far, when it came in pieces
    private int sizeBytesSoFar;
    private int frameBytes = NONE; // the size of the frame that is begun
    private boolean admitted; // whether the frame that is begun is within the budget
    private boolean awaitsBudget;
    private @Nullable ByteBuf partial; // what came of it, when not in one piece
    private boolean readIntoFrame; // whether the bytes that come next were read into it
    private int lastFrameBytes;
    private boolean stopped;

    private @Nullable ChannelHandlerContext context;

    FrameHandler(BufferPool buffers, RequestBudget budget, int maxFrameBytes, FrameSink sink) {
        this.buffers = buffers;
        this.budget = budget;
        this.maxFrameBytes = maxFrameBytes;
        this.sink = sink;
    }

    /** What tells the channel where to read to. */
    RecvByteBufAllocator readTarget() {
        return () -> target;
    }

    /** Whether a part of a frame, or of its size, was read. */
    boolean isInsideFrame() {
        return frameBytes != NONE || sizeBytesSoFar > 0;
    }

    /** Whether reading waits for the budget; whoever else wants to read on must not. */
    boolean waitsForBudget() {
        return awaitsBudget;
    }

    /** Delivers nothing more, whatever arrives. */
    void stop() {
        stopped = true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        try {
            if (stopped) {
                return;
            }
            if (readIntoFrame) {
                readIntoFrame = false;
                sink.onBytes();
                deliverIfWhole(in);
                return;
            }
            while (in.isReadable() && !stopped) {
                sink.onBytes();
                if (frameBytes != NONE || beginFrame(in)) {
                    takeFrameBytes(in);
                }
            }
        } finally {
            in.release();
        }
    }

    /** Reads the size; false when not all of it is there, or it is wrong. */
    private boolean beginFrame(ByteBuf in) {
        int size;
        if (sizeBytesSoFar == 0 && in.readableBytes() >= SIZE_BYTES) {
            size = in.readInt();
        } else {
            while (sizeBytesSoFar < SIZE_BYTES && in.isReadable()) {
                sizeSoFar = sizeSoFar << 8 | in.readUnsignedByte();
                sizeBytesSoFar++;
            }
            if (sizeBytesSoFar < SIZE_BYTES) {
                return false;
            }
            size = sizeSoFar;
            sizeBytesSoFar = 0;
            sizeSoFar = 0;
        }
        if (size < 0 || size > maxFrameBytes) {
            stopped = true;
            sink.onBadFrame("a request of " + size + " bytes (expected: 0 to " + maxFrameBytes
                    + ", socket.request.max.bytes)" + guessAt(size));
            return false;
        }
        frameBytes = size;
        return true;
    }

    /** What a client is likely to speak instead, told by the first four bytes it sent. */
    private static String guessAt(int firstBytes) {
        if (firstBytes >>> 16 == 0x1603) {
            return "; this looks like the start of a TLS handshake";
        }
        return switch (firstBytes) {
            case 0x47455420, 0x504f5354, 0x48454144, 0x50555420 -> "; this looks like an HTTP request";
            default -> "";
        };
    }

    private void takeFrameBytes(ByteBuf in) {
        if (partial == null && in.readableBytes() >= frameBytes) {
            admit();
            int at = in.readerIndex();
            in.skipBytes(frameBytes);
            deliver(in.retain(), at);
            return;
        }
        if (!admitted) {
            admitOrWait();
        }
        int missing = frameBytes - (partial == null ? 0 : partial.readableBytes());
        int taken = Math.min(in.readableBytes(), missing);
        ByteBuf room = roomFor(taken);
        room.writeBytes(in, taken);
        deliverIfWhole(room);
    }

    private void admit() {
        if (!admitted) {
            admitted = true;
            budget.reserve(frameBytes);
        }
    }

    private void admitOrWait() {
        if (!budget.isExhausted()) {
            admit();
        } else if (context != null && !awaitsBudget) {
            awaitsBudget = true;
            context.channel().config().setAutoRead(false);
            budget.await(this::retryAdmission);
        }
    }

    private void retryAdmission() {
        awaitsBudget = false;
        if (stopped || context == null) {
            return;
        }
        if (frameBytes != NONE) {
            admit();
        }
        if (sink.wantsMore()) {
            context.channel().config().setAutoRead(true);
        }
    }

    /** The frame's own memory, with room for so many bytes more, and never more memory than the frame declared. */
    private ByteBuf roomFor(int bytes) {
        ByteBuf now = partial;
        int arrived = (now == null ? 0 : now.readableBytes()) + bytes;
        if (now != null && now.writableBytes() >= bytes) {
            return now;
        }
        int wanted = Math.max(FIRST_BYTES, arrived > Integer.MAX_VALUE / GROWTH ? arrived : arrived * GROWTH);
        ByteBuf grown = buffers.forFrame(Math.min(frameBytes, wanted));
        if (now != null) {
            grown.writeBytes(now);
            now.release();
        }
        partial = grown;
        return grown;
    }

    private void deliverIfWhole(ByteBuf frame) {
        if (frame.readableBytes() == frameBytes) {
            partial = null;
            admit();
            deliver(frame, 0);
        }
    }

    private void deliver(ByteBuf memory, int at) {
        var frame = new Frame(memory, at, frameBytes, budget);
        lastFrameBytes = frameBytes;
        frameBytes = NONE;
        admitted = false;
        sink.onFrame(frame);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        sink.onOpened();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        sink.onReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        sink.onWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        dropPartial();
        sink.onClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        sink.onException(cause);
    }

    private void dropPartial() {
        stopped = true;
        if (partial != null) {
            partial.release();
            partial = null;
        }
        if (admitted) {
            admitted = false;
            budget.release(frameBytes);
        }
        frameBytes = NONE;
    }

    /** Tells Netty into which memory to read next, how much, and whether to read again at once. */
    private final class ReadTarget implements RecvByteBufAllocator.ExtendedHandle {

        private @Nullable ChannelConfig config;
        private int reads;
        private int lastRead;
        private int attempted;

        @Override
        public ByteBuf allocate(ByteBufAllocator ignored) {
            readIntoFrame = partial != null;
            return readIntoFrame ? roomFor(1).retain() : buffers.forReading();
        }

        @Override
        public int guess() {
            return BufferPool.READ_BYTES;
        }

        @Override
        public void reset(ChannelConfig channelConfig) {
            config = channelConfig;
            reads = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            reads += count;
        }

        @Override
        public void lastBytesRead(int bytes) {
            lastRead = bytes;
        }

        @Override
        public int lastBytesRead() {
            return lastRead;
        }

        @Override
        public void attemptedBytesRead(int room) {
            if (partial != null) {
                attempted = Math.min(room, frameBytes - partial.readableBytes());
            } else {
                attempted = lastFrameBytes > LARGE_FRAME_BYTES ? Math.min(room, BETWEEN_LARGE_FRAMES_BYTES) : room;
            }
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        /** A read that did not fill its room has emptied the socket: trying again would be a system call for nothing. */
        @Override
        public boolean continueReading() {
            return config != null && config.isAutoRead() && !stopped && attempted == lastRead && reads < READS_PER_TURN;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return continueReading();
        }

        @Override
        public void readComplete() {}
    }
}
