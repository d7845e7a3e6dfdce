package dev.embeddedbroker.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelId;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.AbstractNioByteChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The channel of an accepted socket.
 *
 * <p>Netty's own, for sockets of every use, brings its pooled allocator and the machine's network interfaces (of which it
 * makes each channel's name) into the process with the first one: a tenth of a broker's start. What a broker's
 * connections need is this.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class ClientChannel extends AbstractNioByteChannel {

    private static final int MOST_PARTS_PER_WRITE = 1024;
    private static final int MOST_BYTES_PER_WRITE = 8 * 1024 * 1024;

    private final ClientChannelConfig config = new ClientChannelConfig(this);

    /** Takes over a socket that is connected, and not registered anywhere. */
    ClientChannel(SocketChannel socket) {
        super(null, socket);
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    /** Where the socket is read to. */
    void readInto(RecvByteBufAllocator target) {
        config.setRecvByteBufAllocator(target);
    }

    void autoReadCleared() {
        clearReadPending();
    }

    @Override
    protected SocketChannel javaChannel() {
        return (SocketChannel) super.javaChannel();
    }

    @Override
    public boolean isActive() {
        var socket = javaChannel();
        return socket.isOpen() && socket.isConnected();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        try {
            return javaChannel().getLocalAddress();
        } catch (IOException closed) {
            return null; // as the caller expects of a channel without address
        }
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        try {
            return javaChannel().getRemoteAddress();
        } catch (IOException closed) {
            return null;
        }
    }

    @Override
    protected int doReadBytes(ByteBuf into) throws IOException {
        var room = unsafe().recvBufAllocHandle();
        room.attemptedBytesRead(into.writableBytes());
        return into.writeBytes(javaChannel(), room.attemptedBytesRead());
    }

    /** Gathers what is flushed into as few writes as possible; a socket that takes less than it was given is full. */
    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
        for (int turns = config.getWriteSpinCount(); turns > 0; turns--) {
            if (out.isEmpty()) {
                clearOpWrite();
                return;
            }
            ByteBuffer[] parts = out.nioBuffers(MOST_PARTS_PER_WRITE, MOST_BYTES_PER_WRITE);
            int count = out.nioBufferCount();
            if (count == 0) {
                doWrite0(out); // empty buffers, which are only there for their promises
                continue;
            }
            long offered = out.nioBufferSize();
            long written =
                    count == 1 ? javaChannel().write(parts[0]) : javaChannel().write(parts, 0, count);
            if (written > 0) {
                out.removeBytes(written);
            }
            if (written < offered) {
                incompleteWrite(true);
                return;
            }
        }
        incompleteWrite(false);
    }

    @Override
    protected int doWriteBytes(ByteBuf from) throws IOException {
        return from.readBytes(javaChannel(), from.readableBytes());
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        javaChannel().close();
    }

    @Override
    protected void doDisconnect() throws Exception {
        doClose();
    }

    /** Closes with a reset, as the system does for a process that was killed. */
    void resetOnClose() throws IOException {
        javaChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
    }

    @Override
    protected ChannelId newId() {
        return new Id();
    }

    @Override
    protected ChannelFuture shutdownInput() {
        throw accepted();
    }

    @Override
    protected long doWriteFileRegion(FileRegion region) {
        throw accepted();
    }

    @Override
    protected boolean doConnect(SocketAddress remote, SocketAddress local) {
        throw accepted();
    }

    @Override
    protected void doFinishConnect() {
        throw accepted();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw accepted();
    }

    private static UnsupportedOperationException accepted() {
        return new UnsupportedOperationException("not for an accepted socket that is read and written only");
    }

    /** Tells one channel from the others in what Netty logs. */
    private static final class Id implements ChannelId {

        @Override
        public String asShortText() {
            return Integer.toHexString(System.identityHashCode(this));
        }

        @Override
        public String asLongText() {
            return asShortText();
        }

        @Override
        public int compareTo(ChannelId other) {
            return asLongText().compareTo(other.asLongText());
        }
    }
}
