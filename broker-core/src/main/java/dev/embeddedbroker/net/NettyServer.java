package dev.embeddedbroker.net;

import dev.embeddedbroker.api.ApiRouter;
import dev.embeddedbroker.api.FrameTap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener: accepts on the first loop and hands connections to the loops in turn.
 *
 * <p><b>Owner:</b> the first loop; {@link #close} is called outside the loops.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing a channel does not fail in a way anybody could act on
public final class NettyServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NettyServer.class);

    /** How long nobody is accepted after accepting failed, which means that files or memory are short. */
    private static final long ACCEPT_RETRY_MS = 1_000;

    private final NetOptions options;
    private final NettyLoop acceptLoop;
    private final ApiRouter router;
    private final ConnectionLimits limits;
    private final AddressGate gate;
    private final FrameTap tap;
    private final List<LoopPart> parts = new ArrayList<>();
    private final NioServerSocketChannel channel = new NioServerSocketChannel();
    private final ArrayDeque<NioSocketChannel> held = new ArrayDeque<>(); // accepted when there was no room for them
    private final CompletableFuture<Void> allGone = new CompletableFuture<>();
    private final Set<NioSocketChannel> refused = new HashSet<>(); // to be closed after a while
    private volatile boolean listens;
    private volatile boolean closing;
    private long accepted;

    private NettyServer(NetOptions options, NettyLoops loops, ApiRouter router, AddressGate gate, FrameTap tap) {
        this.tap = tap;
        this.gate = gate;
        this.options = options;
        this.acceptLoop = loops.get(0);
        this.router = router;
        this.limits = new ConnectionLimits(options);
        long budgetBytes = options.queuedMaxRequestBytes();
        for (int i = 0; i < loops.size(); i++) {
            parts.add(new LoopPart(
                    loops.get(i), budgetBytes < 0 ? budgetBytes : Math.max(1, budgetBytes / loops.size())));
        }
    }

    /**
     * Binds and begins to accept; the real port is known when this returns. Outside the loops.
     *
     * @throws IOException when the address cannot be bound to
     */
    public static NettyServer start(NetOptions options, NettyLoops loops, ApiRouter router) throws IOException {
        var server = bind(options, loops, router);
        server.accept();
        return server;
    }

    /**
     * Binds, so that the real port is known when this returns; clients wait in the backlog until {@link #accept}. Outside
     * the loops.
     *
     * @throws IOException when the address cannot be bound to
     */
    public static NettyServer bind(NetOptions options, NettyLoops loops, ApiRouter router) throws IOException {
        return bind(options, loops, router, AddressGate.OPEN, FrameTap.NONE);
    }

    /** The same, with a gate that is asked about each connection on the first loop, and somebody who listens in. */
    public static NettyServer bind(
            NetOptions options, NettyLoops loops, ApiRouter router, AddressGate gate, FrameTap tap) throws IOException {
        var server = new NettyServer(options, loops, router, gate, tap);
        server.bind();
        return server;
    }

    /** Begins to accept. Any thread. */
    public void accept() {
        listens = true;
        channel.config().setAutoRead(true);
    }

    private void bind() throws IOException {
        ServerSocketChannelConfig config = channel.config();
        config.setReuseAddress(true);
        config.setAutoRead(false);
        config.setBacklog(options.backlog());
        if (options.receiveBufferBytes() > 0) {
            config.setReceiveBufferSize(options.receiveBufferBytes()); // accepted sockets inherit it
        }
        channel.pipeline().addLast(new Acceptor());
        var address = new InetSocketAddress(options.host(), options.port());
        ChannelFuture bound = acceptLoop.eventLoop().register(channel).awaitUninterruptibly();
        if (bound.isSuccess()) {
            bound = channel.bind(address).awaitUninterruptibly();
        }
        if (!bound.isSuccess()) {
            channel.close().awaitUninterruptibly();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
    }

    /** What clients connect to, with the real port. */
    public InetSocketAddress address() {
        return channel.localAddress();
    }

    /** Stops listening, closes every connection and waits until they are gone. Outside the loops, and before they end. */
    @Override
    public void close() {
        close(Connection::close);
    }

    /** The same, and clients find their connections reset. */
    public void reset() {
        close(Connection::reset);
    }

    private void close(Consumer<Connection> way) {
        closing = true;
        if (channel.isOpen()) {
            channel.close().awaitUninterruptibly();
        }
        try {
            acceptLoop.execute(() -> {
                held.forEach(socket -> socket.unsafe().closeForcibly());
                held.clear();
                refused.forEach(socket -> socket.unsafe().closeForcibly());
                refused.clear();
                completeWhenGone();
            });
            parts.forEach(part -> part.loop.execute(() -> part.closeAll(way)));
        } catch (RejectedExecutionException e) {
            log.debug("The loops of port {} ended before it, and closed its connections", options.port(), e);
            return;
        }
        allGone.join();
    }

    private void completeWhenGone() {
        if (closing && limits.total() == 0) {
            allGone.complete(null);
        }
    }

    private void accept(NioSocketChannel socket) {
        InetSocketAddress remote = socket.remoteAddress();
        if (closing || remote == null) {
            socket.unsafe().closeForcibly();
            return;
        }
        if (limits.isFull()) {
            held.add(socket);
            channel.config().setAutoRead(false);
            return;
        }
        long excessMs = gate.excessMs(remote.getAddress());
        if (excessMs > 0) {
            turnAway(socket, excessMs);
            return;
        }
        if (!limits.admit(remote.getAddress())) {
            log.info(
                    "Refused a connection of {}: it has {} already (max.connections.per.ip)",
                    remote,
                    limits.limitFor(remote.getAddress()));
            socket.unsafe().closeForcibly();
            return;
        }
        LoopPart part = parts.get((int) (accepted % parts.size()));
        accepted++;
        configure(socket.config());
        try {
            open(socket, remote, part);
        } catch (RuntimeException e) {
            log.error("A connection of {} could not be set up", remote, e);
            socket.unsafe().closeForcibly();
            release(remote);
        }
    }

    /** Keeps a client waiting for nothing, so that it does not come again at once (KIP-612). */
    private void turnAway(NioSocketChannel socket, long afterMs) {
        log.debug(
                "A connection of {} is closed in {} ms: its address connects too often",
                socket.remoteAddress(),
                afterMs);
        refused.add(socket);
        acceptLoop.pace(afterMs, () -> {
            refused.remove(socket);
            socket.unsafe().closeForcibly();
        });
    }

    private void configure(SocketChannelConfig config) {
        config.setTcpNoDelay(true);
        config.setKeepAlive(true);
        if (options.sendBufferBytes() > 0) {
            config.setSendBufferSize(options.sendBufferBytes());
        }
    }

    private void open(NioSocketChannel socket, InetSocketAddress remote, LoopPart part) {
        InetSocketAddress local = socket.localAddress();
        String id = text(local) + "-" + text(remote) + "-" + part.loop.index() + "-" + accepted;
        var connection = new Connection(
                socket,
                new Connection.Parts(
                        id, options, part.loop, part.loop.buffers(), part.budget, router, tap, local, remote, part));
        socket.config().setRecvByteBufAllocator(connection.frames().readTarget());
        socket.pipeline().addLast(connection.frames());
        part.loop.eventLoop().register(socket).addListener(registered -> {
            if (!registered.isSuccess()) {
                log.warn("A connection of {} could not be set up", remote, registered.cause());
                socket.unsafe().closeForcibly();
                acceptLoop.execute(() -> release(remote));
            }
        });
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private void release(InetSocketAddress remote) {
        limits.release(remote.getAddress());
        completeWhenGone();
        acceptHeld();
    }

    /** Goes by other limits of connections from now on; those that are open stay. On the first loop. */
    public void limit(NetOptions next) {
        acceptLoop.requireInside();
        limits.become(next);
        if (!channel.config().isAutoRead() && listens) {
            acceptHeld();
        }
    }

    private void acceptHeld() {
        while (!limits.isFull() && !closing) {
            NioSocketChannel next = held.poll();
            if (next == null) {
                channel.config().setAutoRead(true);
                return;
            }
            accept(next);
        }
    }

    /** Takes what the listening socket accepts. */
    private final class Acceptor extends InboundHandler {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object socket) {
            accept((NioSocketChannel) socket);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            Channel listening = ctx.channel();
            log.warn("Cannot accept connections on {}; trying again in {} ms", address(), ACCEPT_RETRY_MS, cause);
            listening.config().setAutoRead(false);
            acceptLoop.pace(ACCEPT_RETRY_MS, () -> {
                if (listening.isOpen() && !limits.isFull()) {
                    listening.config().setAutoRead(true);
                }
            });
        }
    }

    /** The connections of this listener on one loop. <b>Owner:</b> that loop. */
    private final class LoopPart implements Connection.Listener {

        private final NettyLoop loop;
        private final RequestBudget budget;
        private final Set<Connection> connections = new HashSet<>();

        private LoopPart(NettyLoop loop, long budgetBytes) {
            this.loop = loop;
            this.budget = new RequestBudget(budgetBytes);
        }

        @Override
        public void opened(Connection connection) {
            connections.add(connection);
            if (closing) {
                connection.close();
            }
        }

        @Override
        public void closed(Connection connection) {
            connections.remove(connection);
            try {
                acceptLoop.execute(() -> release(connection.remoteAddress()));
            } catch (RejectedExecutionException e) {
                log.debug("The accepting loop ended before {} was closed", connection.id(), e);
            }
        }

        private void closeAll(Consumer<Connection> way) {
            List.copyOf(connections).forEach(way);
        }
    }
}
