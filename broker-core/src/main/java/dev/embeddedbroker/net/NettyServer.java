package dev.embeddedbroker.net;

import dev.embeddedbroker.api.ApiRouter;
import dev.embeddedbroker.api.FrameTap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
    private final ListeningSocket listening;
    private final ArrayDeque<SocketChannel> held = new ArrayDeque<>(); // accepted when there was no room for them
    private final CompletableFuture<Void> allGone = new CompletableFuture<>();
    private final Set<SocketChannel> refused = new HashSet<>(); // to be closed after a while
    private volatile boolean listens;
    private volatile boolean closing;
    private long accepted;

    private NettyServer(NetOptions options, NettyLoops loops, ApiRouter router, AddressGate gate, FrameTap tap)
            throws IOException {
        this.tap = tap;
        this.gate = gate;
        this.options = options;
        this.acceptLoop = loops.get(0);
        this.router = router;
        this.limits = new ConnectionLimits(options);
        this.listening = ListeningSocket.bind(options, new Acceptor());
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
        return new NettyServer(options, loops, router, gate, tap);
    }

    /** Begins to accept. Any thread. */
    public void accept() {
        listens = true;
        acceptLoop.run(() -> listening.accept(acceptLoop, true));
    }

    /** What clients connect to, with the real port. */
    public InetSocketAddress address() {
        return listening.address();
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
        try {
            acceptLoop.execute(() -> {
                listening.close();
                held.forEach(ListeningSocket::close);
                held.clear();
                refused.forEach(ListeningSocket::close);
                refused.clear();
                completeWhenGone();
            });
            parts.forEach(part -> part.loop.execute(() -> part.closeAll(way)));
        } catch (RejectedExecutionException e) {
            log.debug("The loops of port {} ended before it, and closed its connections", options.port(), e);
            listening.close();
            return;
        }
        allGone.join();
    }

    private void completeWhenGone() {
        if (closing && limits.total() == 0) {
            allGone.complete(null);
        }
    }

    private void accept(SocketChannel socket) {
        InetSocketAddress remote = remoteAddress(socket);
        if (closing || remote == null) {
            ListeningSocket.close(socket);
            return;
        }
        if (limits.isFull()) {
            held.add(socket);
            listening.accept(acceptLoop, false);
            return;
        }
        long excessMs = gate.excessMs(remote.getAddress());
        if (excessMs > 0) {
            turnAway(socket, remote, excessMs);
            return;
        }
        if (!limits.admit(remote.getAddress())) {
            log.info(
                    "Refused a connection of {}: it has {} already (max.connections.per.ip)",
                    remote,
                    limits.limitFor(remote.getAddress()));
            ListeningSocket.close(socket);
            return;
        }
        LoopPart part = parts.get((int) (accepted % parts.size()));
        accepted++;
        try {
            configure(socket);
            open(socket, remote, part);
        } catch (IOException | RuntimeException e) {
            log.error("A connection of {} could not be set up", remote, e);
            ListeningSocket.close(socket);
            release(remote);
        }
    }

    private static @Nullable InetSocketAddress remoteAddress(SocketChannel socket) {
        try {
            return (InetSocketAddress) socket.getRemoteAddress();
        } catch (IOException e) {
            log.debug("A client is gone before it was accepted", e);
            return null;
        }
    }

    /** Keeps a client waiting for nothing, so that it does not come again at once (KIP-612). */
    private void turnAway(SocketChannel socket, InetSocketAddress remote, long afterMs) {
        log.debug("A connection of {} is closed in {} ms: its address connects too often", remote, afterMs);
        refused.add(socket);
        acceptLoop.pace(afterMs, () -> {
            refused.remove(socket);
            ListeningSocket.close(socket);
        });
    }

    private void configure(SocketChannel socket) throws IOException {
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (options.sendBufferBytes() > 0) {
            socket.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
        }
    }

    private void open(SocketChannel socket, InetSocketAddress remote, LoopPart part) throws IOException {
        var local = (InetSocketAddress) socket.getLocalAddress();
        String id = text(local) + "-" + text(remote) + "-" + part.loop.index() + "-" + accepted;
        var channel = new ClientChannel(socket);
        var connection = new Connection(
                channel,
                new Connection.Parts(
                        id, options, part.loop, part.loop.buffers(), part.budget, router, tap, local, remote, part));
        channel.readInto(connection.frames().readTarget());
        channel.pipeline().addLast(connection.frames());
        part.loop.eventLoop().register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                log.warn("A connection of {} could not be set up", remote, registered.cause());
                ListeningSocket.close(socket);
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
        if (!listening.accepts() && listens) {
            acceptHeld();
        }
    }

    private void acceptHeld() {
        while (!limits.isFull() && !closing) {
            var next = held.poll();
            if (next == null) {
                if (!listening.accepts()) {
                    listening.accept(acceptLoop, true);
                }
                return;
            }
            accept(next);
        }
    }

    /** Takes what the listening socket accepts. */
    private final class Acceptor implements ListeningSocket.Host {

        @Override
        public void accept(SocketChannel socket) {
            NettyServer.this.accept(socket);
        }

        @Override
        public void acceptFailed(IOException cause) {
            log.warn("Cannot accept connections on {}; trying again in {} ms", address(), ACCEPT_RETRY_MS, cause);
            listening.accept(acceptLoop, false);
            acceptLoop.pace(ACCEPT_RETRY_MS, () -> {
                if (!limits.isFull()) {
                    listening.accept(acceptLoop, true);
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
