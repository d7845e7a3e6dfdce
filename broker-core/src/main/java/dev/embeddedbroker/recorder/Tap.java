package dev.embeddedbroker.recorder;

import dev.embeddedbroker.api.ClientSoftware;
import dev.embeddedbroker.api.ConnectionInfo;
import dev.embeddedbroker.api.FrameTap;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.time.Clock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the recorder hears: the connections, and where their frames are noted.
 *
 * <p><b>Owner:</b> none; any thread.
 */
final class Tap implements FrameTap {

    private static final int MAX_LINES = 10_000;
    private static final int CLIENT_ID_AT = 8; // after key, version and correlation id

    private final RecorderOptions options;
    private final Ring ring;
    private final Map<Integer, Heard> lines = new LinkedHashMap<>();
    private int lastLine;
    private volatile boolean on;

    Tap(RecorderOptions options, Ring ring) {
        this.options = options;
        this.ring = ring;
    }

    void turn(boolean nowOn) {
        on = nowOn;
    }

    boolean isOn() {
        return on;
    }

    @Override
    public Line opened(ConnectionInfo connection, Clock clock) {
        return new Heard(connection, clock);
    }

    /** The connection of that number, while it is known. */
    @Nullable
    Heard line(int number) {
        synchronized (lines) {
            return lines.get(number);
        }
    }

    private int number(Heard line) {
        synchronized (lines) {
            lines.put(++lastLine, line);
            if (lines.size() > MAX_LINES) {
                lines.remove(lines.keySet().iterator().next());
            }
            return lastLine;
        }
    }

    private boolean wants(ByteBuffer frame) {
        if (options.apis().isEmpty() && options.clientIds().isEmpty()) {
            return true;
        }
        if (frame.remaining() < CLIENT_ID_AT + 2) {
            return options.apis().isEmpty() && options.clientIds().isEmpty();
        }
        var api = ApiKey.forId(frame.getShort(frame.position()));
        if (!options.apis().isEmpty() && (api == null || !options.apis().contains(api))) {
            return false;
        }
        return options.clientIds().isEmpty() || options.clientIds().contains(clientId(frame));
    }

    private static String clientId(ByteBuffer frame) {
        int length = frame.getShort(frame.position() + CLIENT_ID_AT);
        if (length < 0 || length > frame.remaining() - CLIENT_ID_AT - 2) {
            return "";
        }
        var utf8 = new byte[length];
        frame.get(frame.position() + CLIENT_ID_AT + 2, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** One connection. <b>Owner:</b> its loop, except for what is final or volatile. */
    final class Heard implements Line {
        private final ConnectionInfo connection;
        private final Clock clock;
        private volatile ClientSoftware software = ClientSoftware.UNKNOWN;
        private int number; // 0 until something of it is noted

        private Heard(ConnectionInfo connection, Clock clock) {
            this.connection = connection;
            this.clock = clock;
        }

        String id() {
            return connection.id();
        }

        InetSocketAddress local() {
            return connection.localAddress();
        }

        InetSocketAddress remote() {
            return connection.remoteAddress();
        }

        ClientSoftware software() {
            return software;
        }

        @Override
        public boolean isOn() {
            return on;
        }

        @Override
        public long request(ByteBuffer frame, @Nullable Request request, short version, long receivedNanos) {
            if (!wants(frame)) {
                return NOT_NOTED;
            }
            if (number == 0) {
                number = Tap.this.number(this);
            }
            software = connection.software();
            long now = clock.nanos();
            int[] gaps = RecordGaps.of(frame, request, version, options.maxRecordBytes());
            return ring.request(number, now, receivedNanos == 0 ? now : receivedNanos, version, frame, gaps);
        }

        @Override
        public void answer(long exchange, List<ByteBuffer> segments) {
            software = connection.software(); // which an answered ApiVersions has told
            ring.answer(exchange, number, clock.nanos(), segments, options.maxRecordBytes());
        }

        @Override
        public void flushed(long exchange) {
            ring.note(Ring.Kind.FLUSHED, exchange, number, clock.nanos(), "");
        }

        @Override
        public void unanswered(long exchange, String why) {
            if (exchange != NOT_NOTED) {
                ring.note(Ring.Kind.UNANSWERED, exchange, number, clock.nanos(), why);
            }
        }

        @Override
        public void closed() {
            if (number != 0) {
                ring.note(Ring.Kind.CLOSED, NOT_NOTED, number, clock.nanos(), "");
            }
        }
    }
}
