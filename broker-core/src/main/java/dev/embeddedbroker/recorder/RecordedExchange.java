package dev.embeddedbroker.recorder;

import dev.embeddedbroker.api.ClientSoftware;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.header.ResponseHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request, and what became of it. Decoded when first asked.
 *
 * <p>Its {@code toString()} is a line of text. Times are the broker's own, so under a virtual clock they are virtual.
 *
 * <p>Not thread-safe: whoever asked the recorder has one of its own.
 */
public final class RecordedExchange {

    private static final int MISSING = -1;
    private static final short LOWEST = 0;

    private final Parts parts;
    private final Times times;
    private final TopicNames topics;
    private final Fields fields;
    private final short keyId;
    private final @Nullable ApiKey api;
    private final short version;
    private RequestHeader header = new RequestHeader();
    private @Nullable Request request;
    private @Nullable Response response;
    private @Nullable String undecodable;
    private boolean decoded;

    /** What was noted about one request. */
    static final class Parts {
        final long number;
        final Tap.@Nullable Heard line;
        final long servedNanos;
        final long receivedNanos;
        final short answeredVersion;
        final FrameCopy frame;

        @Nullable
        FrameCopy answer;

        long answeredNanos;

        @Nullable
        Long flushedNanos;

        @Nullable
        String unanswered;

        Parts(long number, Tap.@Nullable Heard line, long nanos, ByteBuffer body) {
            this.number = number;
            this.line = line;
            this.servedNanos = nanos;
            this.receivedNanos = body.getLong();
            this.answeredVersion = body.getShort();
            this.frame = FrameCopy.read(body);
        }

        void add(Ring.Kind kind, long nanos, ByteBuffer body) {
            if (kind == Ring.Kind.ANSWER) {
                answer = FrameCopy.read(body);
                answeredNanos = nanos;
            } else if (kind == Ring.Kind.FLUSHED) {
                flushedNanos = nanos;
            } else {
                unanswered = StandardCharsets.UTF_8.decode(body).toString();
                answeredNanos = nanos;
            }
        }
    }

    RecordedExchange(Parts parts, Times times, TopicNames topics, Fields fields) {
        this.fields = fields;
        this.parts = parts;
        this.times = times;
        this.topics = topics;
        var bytes = parts.frame.bytes();
        boolean hasKey = bytes.remaining() >= 4;
        this.keyId = hasKey ? bytes.getShort(0) : MISSING;
        this.version = hasKey ? bytes.getShort(2) : MISSING;
        this.api = ApiKey.forId(keyId);
    }

    /** Its number among all that were recorded, from 1. */
    public long number() {
        return parts.number;
    }

    /** The kind of request; none if it is one nobody knows. */
    public Optional<ApiKey> api() {
        return Optional.ofNullable(api);
    }

    /** The kind of request as a name, whether known or not. */
    public String apiName() {
        return api == null ? "API_KEY_" + keyId : api.name();
    }

    /** The version it was sent in. */
    public short version() {
        return version;
    }

    /** What the client calls itself; empty if it does not say. */
    public String clientId() {
        decode();
        return header.clientId == null ? "" : header.clientId;
    }

    /** The number the client gave it, which the answer carries too. */
    public int correlationId() {
        decode();
        return header.correlationId;
    }

    /** Its connection's name, unlike any other's; empty if that is forgotten. */
    public String connection() {
        return parts.line == null ? "" : parts.line.id();
    }

    /** Where the client is; null if that is forgotten. */
    public @Nullable InetSocketAddress remoteAddress() {
        return parts.line == null ? null : parts.line.remote();
    }

    @Nullable
    InetSocketAddress localAddress() {
        return parts.line == null ? null : parts.line.local();
    }

    /** The client's library, as far as it introduced itself (KIP-511). */
    public ClientSoftware software() {
        return parts.line == null ? ClientSoftware.UNKNOWN : parts.line.software();
    }

    /** When its last byte was here. */
    public Instant receivedAt() {
        return times.at(parts.receivedNanos);
    }

    /** When its turn came on its connection. */
    public Instant servedAt() {
        return times.at(parts.servedNanos);
    }

    /** When the answer was written; nothing while there is none. */
    public Optional<Instant> answeredAt() {
        return parts.answer == null ? Optional.empty() : Optional.of(times.at(parts.answeredNanos));
    }

    /** When all of the answer was with the socket. */
    public Optional<Instant> flushedAt() {
        return Optional.ofNullable(parts.flushedNanos).map(times::at);
    }

    /** How long it took from its receipt to its answer, in milliseconds; negative while it is not over. */
    public double tookMs() {
        boolean over = parts.answer != null || parts.unanswered != null;
        return over ? (parts.answeredNanos - parts.receivedNanos) / 1e6 : -1;
    }

    /** How large the request was, with its header, without the size in front. */
    public int requestBytes() {
        return requestFrame().remaining();
    }

    /** How large the answer was; 0 if there is none. */
    public int answerBytes() {
        return parts.answer == null ? 0 : parts.answer.bytes().remaining();
    }

    /** How many bytes of records were not kept, of request and answer. */
    public int missingBytes() {
        return parts.frame.missingBytes() + (parts.answer == null ? 0 : parts.answer.missingBytes());
    }

    /** Why it got no answer, if it is known by now that it gets none. */
    public Optional<String> unanswered() {
        return Optional.ofNullable(parts.unanswered);
    }

    /** The request; nothing if it can't be read. */
    public Optional<Request> request() {
        decode();
        return Optional.ofNullable(request);
    }

    /** The answer; nothing while there is none. */
    public Optional<Response> response() {
        decode();
        return Optional.ofNullable(response);
    }

    /** The version the answer is in, which is 0 where ApiVersions was asked in a version not known (KIP-511). */
    public short answeredVersion() {
        return parts.answeredVersion;
    }

    /** Why request or answer can't be read, if so. */
    public Optional<String> undecodable() {
        decode();
        return Optional.ofNullable(undecodable);
    }

    /** The request as it came, zeros where it was not kept. */
    ByteBuffer requestFrame() {
        return parts.frame.bytes().duplicate();
    }

    @Nullable
    ByteBuffer answerFrame() {
        return parts.answer == null ? null : parts.answer.bytes().duplicate();
    }

    Fields fields() {
        return fields;
    }

    TopicNames topics() {
        return topics;
    }

    private void decode() {
        if (decoded) {
            return;
        }
        decoded = true;
        if (api == null) {
            undecodable = "API key " + keyId + " is not known";
            return;
        }
        boolean known = version >= api.oldestVersion() && version <= api.latestVersion();
        try {
            var in = new WireReader(requestFrame());
            header.read(in, api.requestHeaderVersion(known ? version : api.latestVersion()));
            if (known) {
                Request read = api.newRequest();
                read.read(in, version);
                request = read;
            } else {
                undecodable = "version " + version + " is not known";
            }
            decodeAnswer(api);
        } catch (MalformedMessage | IllegalArgumentException e) {
            undecodable = e.getMessage();
        }
    }

    private void decodeAnswer(ApiKey key) {
        var frame = answerFrame();
        if (frame == null) {
            return;
        }
        short in = parts.answeredVersion;
        var reader = new WireReader(frame);
        new ResponseHeader().read(reader, key.responseHeaderVersion(in < LOWEST ? LOWEST : in));
        Response read = key.newResponse();
        read.read(reader, in);
        response = read;
    }

    /** This exchange as one JSON object in one line, with the whole messages; records are told by their batches. */
    public String toJson() {
        return ExchangeJson.of(this);
    }

    @Override
    public String toString() {
        return ExchangeLine.of(this);
    }
}
