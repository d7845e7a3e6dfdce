package dev.embeddedbroker.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that a listener accepts connections on, at work in a loop's selector without a channel of Netty's around it:
 * nothing is read from it or written to it.
 *
 * <p><b>Owner:</b> the loop that accepts; it is bound before.
 */
final class ListeningSocket implements NioIoHandle {

    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);

    /** How many are accepted before other sockets get their turn. */
    private static final int ACCEPTED_PER_TURN = 16;

    /** Who takes what the socket accepts. */
    interface Host {
        void accept(SocketChannel socket);

        void acceptFailed(IOException cause);
    }

    private final ServerSocketChannel channel;
    private final InetSocketAddress address;
    private final Host host;
    private @Nullable IoRegistration registration;
    private boolean accepts;

    private ListeningSocket(ServerSocketChannel channel, Host host) throws IOException {
        this.channel = channel;
        this.address = (InetSocketAddress) channel.getLocalAddress();
        this.host = host;
    }

    /** Binds; clients wait in the backlog until {@link #accept}. */
    static ListeningSocket bind(NetOptions options, Host host) throws IOException {
        var channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (options.receiveBufferBytes() > 0) {
                // accepted sockets inherit it
                channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
            }
            channel.bind(new InetSocketAddress(options.host(), options.port()), options.backlog());
            return new ListeningSocket(channel, host);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
        }
    }

    /** Where clients connect to, with the real port. */
    InetSocketAddress address() {
        return address;
    }

    /** Accepts, or leaves clients in the backlog. */
    void accept(NettyLoop loop, boolean wanted) {
        loop.requireInside();
        accepts = wanted;
        if (registration == null && channel.isOpen()) {
            registration = loop.register(this);
        }
        if (registration != null) {
            registration.submit(wanted ? NioIoOps.ACCEPT : NioIoOps.NONE);
        }
    }

    boolean accepts() {
        return accepts;
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        for (int i = 0; i < ACCEPTED_PER_TURN && accepts && channel.isOpen(); i++) {
            SocketChannel socket;
            try {
                socket = channel.accept();
            } catch (IOException e) {
                if (channel.isOpen()) {
                    host.acceptFailed(e);
                }
                return;
            }
            if (socket == null) {
                return;
            }
            host.accept(socket);
        }
    }

    /** On the loop, or when it has ended. */
    @Override
    public void close() {
        if (registration != null) {
            registration.cancel();
        }
        close(channel);
    }

    /** Closes a socket nobody has a use for. */
    static void close(java.nio.channels.Channel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("A socket could not be closed: {}", socket, e);
        }
    }
}
