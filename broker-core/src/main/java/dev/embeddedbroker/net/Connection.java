package dev.embeddedbroker.net;

import dev.embeddedbroker.api.ApiRouter;
import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.api.ClientSoftware;
import dev.embeddedbroker.api.ConnectionInfo;
import dev.embeddedbroker.api.FrameTap;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.header.ResponseHeader;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: its requests are answered one after another, in the order they came.
 *
 * <p><b>Owner:</b> its loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing a channel does not fail in a way anybody could act on
final class Connection implements FrameSink, ConnectionInfo {

    /*
     * One request is in progress at a time. While it is, the socket is read on for a little (READ_AHEAD_BYTES), so that a
     * parked request learns that the next one is here; then reading stops until the backlog has been worked off, and the
     * client's own socket fills up: that is the back-pressure. The same happens while the client does not take our
     * answers: no request is begun when the channel is not writable.
     *
     * Answers given while bytes are being delivered are written at once and flushed when the socket is empty: a request
     * answered inline costs one read and one write, and so do ten of them that came together.
     */
    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    static final int READ_AHEAD_BYTES = 64 * 1024;

    private static final int HEADER_FEWEST_BYTES = 8;
    private static final int ANSWER_FIRST_BYTES = 512;
    private static final String NOBODY = "User:ANONYMOUS";

    private final String id;
    private final String listenerName;
    private final Channel channel;
    private final Loop loop;
    private final ApiRouter router;
    private final long maxIdleMs;
    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;
    private final FrameHandler frames;
    private final Outbound outbound;
    private final Listener listener;
    private final FrameTap.Line tap;

    private final ArrayDeque<Frame> waiting = new ArrayDeque<>();
    private final List<Runnable> closeTasks = new ArrayList<>();
    private int waitingBytes;
    private @Nullable Exchange current;
    private boolean delivering; // bytes of the socket are being delivered; a flush follows
    private boolean serving; // serveWaiting() is on the stack
    private boolean unflushed;
    private boolean paused;
    private boolean cut; // this side closed it, and serves nothing more
    private boolean deaf; // what comes is thrown away
    private boolean silent; // what goes is thrown away
    private volatile boolean closed;
    private long lastActiveNanos;
    private @Nullable Timer idleTimer;
    private @Nullable Timer muted;
    private String principal = NOBODY;
    private ClientSoftware software = ClientSoftware.UNKNOWN;

    /** Who keeps the list of connections. Called on the connection's loop. */
    interface Listener {
        void opened(Connection connection);

        void closed(Connection connection);
    }

    /** What a connection is made of besides its channel. */
    record Parts(
            String id,
            NetOptions options,
            Loop loop,
            BufferPool buffers,
            RequestBudget budget,
            ApiRouter router,
            FrameTap tap,
            InetSocketAddress localAddress,
            InetSocketAddress remoteAddress,
            Listener listener) {}

    Connection(Channel channel, Parts parts) {
        this.id = parts.id;
        this.listenerName = parts.options.listenerName();
        this.channel = channel;
        this.loop = parts.loop;
        this.router = parts.router;
        this.maxIdleMs = parts.options.connectionsMaxIdleMs();
        this.localAddress = parts.localAddress;
        this.remoteAddress = parts.remoteAddress;
        this.listener = parts.listener;
        this.outbound = new Outbound(channel, parts.buffers);
        this.tap = parts.tap.opened(this, loop.clock());
        this.frames = new FrameHandler(parts.buffers, parts.budget, parts.options.requestMaxBytes(), this);
    }

    /** What cuts this connection's bytes into frames. */
    FrameHandler frames() {
        return frames;
    }

    Loop loop() {
        return loop;
    }

    /** Closes the socket, and serves nothing more; everything else follows from that. */
    void close() {
        cut = true;
        frames.stop();
        channel.close();
    }

    /** Closes the socket as the system does for a process that was killed while it was spoken to. */
    void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        close();
    }

    // ---- what the socket brings

    @Override
    public void onOpened() {
        touch();
        if (maxIdleMs >= 0) {
            idleTimer = loop.schedule(maxIdleMs, this::checkIdle);
        }
        listener.opened(this);
    }

    @Override
    public void onBytes() {
        delivering = true;
        if (current != null) {
            current.hurry();
        }
    }

    @Override
    public void onFrame(Frame frame) {
        if (closed || deaf) {
            frame.release();
            return;
        }
        if (tap.isOn()) {
            frame.receivedAt(loop.clock().nanos());
        }
        waiting.add(frame);
        waitingBytes += frame.sizeBytes();
        serveWaiting();
        if (waitingBytes > READ_AHEAD_BYTES && !paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public boolean wantsMore() {
        return !paused;
    }

    @Override
    public void onReadComplete() {
        delivering = false;
        touch();
        flush();
    }

    @Override
    public void onWritabilityChanged() {
        // as a task: this call may come from the middle of a flush
        if (channel.isWritable() && !waiting.isEmpty()) {
            loop.execute(this::turn);
        }
    }

    @Override
    public void onBadFrame(String reason) {
        closeBecause(reason);
    }

    @Override
    public void onException(Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("The connection of {} failed", remoteAddress, cause);
        } else {
            log.error("The connection of {} met a bug", remoteAddress, cause);
            router.bug("connection of " + remoteAddress, cause);
        }
        close();
    }

    @Override
    public void onClosed() {
        if (closed) {
            return;
        }
        closed = true;
        frames.stop();
        if (idleTimer != null) {
            idleTimer.cancel();
        }
        if (muted != null) {
            muted.cancel();
            muted = null;
        }
        if (current != null) {
            current.hurry();
        }
        // what the client sent before it left is served still, as Kafka does: it may not wait for answers
        if (cut) {
            dropWaiting();
        } else if (!waiting.isEmpty()) {
            loop.execute(this::serveWaiting);
        }
        closeTasks.forEach(loop::execute);
        closeTasks.clear();
        tap.closed();
        listener.closed(this);
    }

    // ---- requests, one after another

    private void turn() {
        serveWaiting();
        if (!delivering) {
            flush();
        }
    }

    private void serveWaiting() {
        if (serving) {
            return;
        }
        serving = true;
        try {
            while (current == null && muted == null && !cut && (closed || channel.isWritable())) {
                Frame frame = waiting.poll();
                if (frame == null) {
                    break;
                }
                waitingBytes -= frame.sizeBytes();
                serve(frame);
            }
        } finally {
            serving = false;
        }
        if (cut && closed) {
            dropWaiting();
        }
        if (paused && muted == null && waitingBytes <= READ_AHEAD_BYTES && !closed) {
            paused = false;
            if (!frames.waitsForBudget()) {
                channel.config().setAutoRead(true);
            }
        }
    }

    private void dropWaiting() {
        waiting.forEach(Frame::release);
        waiting.clear();
        waitingBytes = 0;
    }

    /** Reads and serves nothing for a while. */
    private void mute(int ms) {
        if (closed) {
            return;
        }
        paused = true;
        channel.config().setAutoRead(false);
        muted = loop.pace(ms, () -> {
            muted = null;
            touch();
            turn();
        });
    }

    private void serve(Frame frame) {
        ByteBuffer bytes = frame.bytes();
        if (bytes.remaining() < HEADER_FEWEST_BYTES) {
            refuse(
                    frame,
                    "a request of " + bytes.remaining() + " bytes (expected: a header of >= " + HEADER_FEWEST_BYTES
                            + ")");
            return;
        }
        int keyId = bytes.getShort(0);
        short version = bytes.getShort(2);
        var entry = router.table().find(keyId);
        if (entry == null) {
            refuse(frame, "API key " + keyId + " v" + version + " (expected: a key this listener serves)");
            return;
        }
        boolean served = entry.serves(version);
        if (!served && entry.key() != ApiKey.API_VERSIONS) {
            refuse(
                    frame,
                    entry.key() + " v" + version + " (expected: v" + entry.minVersion() + " to v" + entry.maxVersion()
                            + ")");
            return;
        }
        var header = new RequestHeader();
        Exchange exchange;
        try {
            exchange = decode(frame, header, entry, version, served);
        } catch (MalformedMessage e) {
            refuse(frame, entry.key() + " v" + version + " of client " + header.clientId + ": " + e.getMessage());
            return;
        } catch (RuntimeException e) {
            router.bug("reading " + entry.key() + " v" + version, e);
            refuse(frame, entry.key() + " v" + version + " of client " + header.clientId + " met a bug: " + e);
            return;
        }
        if (tap.isOn()) {
            exchange.note(
                    tap.request(frame.bytes(), served ? exchange.request() : null, version, frame.receivedNanos()));
        }
        current = exchange;
        if (served) {
            router.route(exchange, exchange.request());
        } else {
            router.refuseVersion(exchange, exchange.request());
        }
    }

    /** Reads header and body; of ApiVersions in a version not known, the header only, to be answered as v0 (KIP-511). */
    private Exchange decode(Frame frame, RequestHeader header, ApiTable.Entry entry, short version, boolean served) {
        ApiKey key = entry.key();
        var in = new WireReader(frame.bytes());
        short known = served ? version : version > entry.maxVersion() ? entry.maxVersion() : entry.minVersion();
        header.read(in, key.requestHeaderVersion(known));
        Request request = key.newRequest();
        if (served) {
            request.read(in, version);
        }
        return new Exchange(this, frame, router, served ? version : 0, header.correlationId, header.clientId, request);
    }

    private void refuse(Frame frame, String what) {
        if (tap.isOn()) {
            tap.unanswered(tap.request(frame.bytes(), null, (short) 0, frame.receivedNanos()), "closed: " + what);
        }
        frame.release();
        closeBecause(what);
    }

    private void closeBecause(String reason) {
        log.warn("Closing the connection of {}: {}", remoteAddress, reason);
        close();
    }

    /** Whether the client has sent something behind the request in progress, or is gone. */
    boolean isNextWaiting() {
        return closed || !waiting.isEmpty() || frames.isInsideFrame();
    }

    // ---- answers

    void send(Exchange exchange, Response response, List<? extends AutoCloseable> leases) {
        if (closed || silent) {
            Outbound.closeAll(leases);
        } else {
            List<ByteBuffer> segments = encode(exchange, response);
            if (segments.isEmpty()) {
                Outbound.closeAll(leases);
            } else {
                write(exchange, segments, leases);
                unflushed = true;
            }
        }
        done(exchange);
    }

    private void write(Exchange exchange, List<ByteBuffer> segments, List<? extends AutoCloseable> leases) {
        long noted = exchange.noted();
        if (noted == FrameTap.NOT_NOTED) {
            outbound.write(segments, leases);
            return;
        }
        tap.answer(noted, segments);
        var withFlush = new ArrayList<AutoCloseable>(leases);
        withFlush.add(() -> {
            if (!closed) {
                tap.flushed(noted);
            }
        });
        outbound.write(segments, withFlush);
    }

    /** The answer's bytes, or none when a bug kept it from being written; then the connection is closed. */
    private List<ByteBuffer> encode(Exchange exchange, Response response) {
        try {
            var out = new WireWriter(ANSWER_FIRST_BYTES);
            var header = new ResponseHeader();
            header.correlationId = exchange.correlationId();
            header.write(out, exchange.api().responseHeaderVersion(exchange.version()));
            response.write(out, exchange.version());
            return out.segments();
        } catch (RuntimeException e) {
            log.error("The answer to {} v{} cannot be written", exchange.api(), exchange.version(), e);
            router.bug("writing " + exchange.api() + " v" + exchange.version(), e);
            close();
            return List.of();
        }
    }

    void sendNothing(Exchange exchange) {
        tap.unanswered(exchange.noted(), "no answer wanted");
        done(exchange);
    }

    void disconnect(Exchange exchange, String reason) {
        log.info("Closing the connection of {}, client {}: {}", remoteAddress, exchange.clientId(), reason);
        tap.unanswered(exchange.noted(), "disconnected: " + reason);
        close();
        done(exchange);
    }

    private void done(Exchange exchange) {
        exchange.frame().release();
        current = null;
        if (exchange.muteMs() > 0) {
            mute(exchange.muteMs());
        }
        if (!serving) {
            touch();
            turn();
        }
    }

    private void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    // ---- idleness

    private void touch() {
        lastActiveNanos = loop.clock().nanos();
    }

    private void checkIdle() {
        long idleMs = (loop.clock().nanos() - lastActiveNanos) / 1_000_000L;
        if (current == null && muted == null && idleMs >= maxIdleMs) {
            log.debug("Closing the connection of {}: idle for {} ms", remoteAddress, idleMs);
            close();
        } else {
            idleTimer = loop.schedule(Math.max(1, current != null ? maxIdleMs : maxIdleMs - idleMs), this::checkIdle);
        }
    }

    // ---- what handlers see

    @Override
    public String id() {
        return id;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String listenerName() {
        return listenerName;
    }

    @Override
    public String principal() {
        return principal;
    }

    @Override
    public void authenticatedAs(String name) {
        loop.requireInside();
        principal = name;
    }

    @Override
    public ClientSoftware software() {
        return software;
    }

    @Override
    public void introducedAs(ClientSoftware client) {
        loop.requireInside();
        software = client;
    }

    @Override
    public void loseRequests() {
        loop.requireInside();
        deaf = true;
        dropWaiting();
    }

    @Override
    public void loseAnswers() {
        loop.requireInside();
        silent = true;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void onClose(Runnable task) {
        loop.requireInside();
        if (closed) {
            loop.execute(task);
        } else {
            closeTasks.add(task);
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
