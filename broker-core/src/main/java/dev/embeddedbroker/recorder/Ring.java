package dev.embeddedbroker.recorder;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A bounded journal of what was heard: the newest events, as bytes, in the order they were noted.
 *
 * <p><b>Owner:</b> none; any thread. The lock is a leaf and is held for one copy.
 */
final class Ring {

    /*
     * Events lie one behind the other in chunks. When there are as many chunks as there may be, the oldest is emptied and
     * used again: at speed nothing is allocated, and memory is taken only as far as it is used. An event larger than a
     * chunk gets one of its own.
     */
    static final int CHUNK_BYTES = 256 * 1024;

    private static final int EVENT_HEAD_BYTES = 4 + 1 + 8 + 4 + 8;
    private static final int GAP_BYTES = 8;
    private static final int[] NO_GAPS = {};

    /** What kind of event it is. */
    enum Kind {
        REQUEST(1),
        ANSWER(2),
        FLUSHED(3),
        UNANSWERED(4),
        CLOSED(5);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** The kind an event begins with. */
        static Kind of(byte code) {
            return switch (code) {
                case 1 -> REQUEST;
                case 2 -> ANSWER;
                case 3 -> FLUSHED;
                case 4 -> UNANSWERED;
                case 5 -> CLOSED;
                default -> throw new IllegalStateException("event of kind " + code + " (expected: 1 to 5)");
            };
        }
    }

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final int maxBytes;
    private final int maxExchanges;
    private long heldBytes;
    private long heldRequests;
    private long requests;

    Ring(int maxBytes, int maxExchanges) {
        this.maxBytes = maxBytes;
        this.maxExchanges = maxExchanges;
    }

    private static final class Chunk {
        private final ByteBuffer bytes;
        private long requests;

        private Chunk(int size) {
            bytes = ByteBuffer.allocate(size);
        }
    }

    /** Notes a request with the bytes of its frame except the gaps (pairs of position and length), and numbers it. */
    synchronized long request(int line, long nanos, long receivedNanos, short version, ByteBuffer frame, int[] gaps) {
        long number = ++requests;
        int size = frame.remaining();
        int kept = size - gapBytes(gaps);
        var chunk = begin(Kind.REQUEST, number, line, nanos, 8 + 2 + 4 + 4 + gaps.length * 4 + kept);
        chunk.requests++;
        heldRequests++;
        var to = chunk.bytes;
        to.putLong(receivedNanos).putShort(version).putInt(size);
        putGaps(to, gaps);
        int from = 0;
        for (int i = 0; i < gaps.length; i += 2) {
            copy(frame, from, gaps[i] - from, to);
            from = gaps[i] + gaps[i + 1];
        }
        copy(frame, from, size - from, to);
        return number;
    }

    /** Notes an answer, of whose records (every second part) only so many bytes are kept. */
    synchronized void answer(long number, int line, long nanos, List<ByteBuffer> parts, int recordBytes) {
        int size = 0;
        int left = recordBytes;
        int[] gaps = NO_GAPS;
        int gapCount = 0;
        for (int i = 0; i < parts.size(); i++) {
            int length = parts.get(i).remaining();
            if (i % 2 == 1) {
                int kept = Math.min(length, left);
                left -= kept;
                if (kept < length) {
                    if (gaps.length == 0) gaps = new int[parts.size() + 1];
                    gaps[gapCount++] = size + kept;
                    gaps[gapCount++] = length - kept;
                }
            }
            size += length;
        }
        gaps = gapCount == gaps.length ? gaps : Arrays.copyOf(gaps, gapCount);
        int kept = size - gapBytes(gaps);
        var to = begin(Kind.ANSWER, number, line, nanos, 4 + 4 + gaps.length * 4 + kept).bytes;
        to.putInt(size);
        putGaps(to, gaps);
        left = recordBytes;
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            int length = part.remaining();
            if (i % 2 == 1) {
                length = Math.min(length, left);
                left -= length;
            }
            copy(part, 0, length, to);
        }
    }

    /** Notes something that has no bytes, or a text. */
    synchronized void note(Kind kind, long number, int line, long nanos, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        begin(kind, number, line, nanos, utf8.length).bytes.put(utf8);
    }

    synchronized void clear() {
        chunks.clear();
        heldBytes = 0;
        heldRequests = 0;
    }

    /** Copies of all events, oldest first, each from its kind on. */
    List<ByteBuffer> events() {
        var copies = new ArrayList<ByteBuffer>();
        synchronized (this) {
            for (var chunk : chunks) {
                var used = chunk.bytes.duplicate().flip();
                copies.add(ByteBuffer.allocate(used.remaining()).put(used).flip());
            }
        }
        var events = new ArrayList<ByteBuffer>();
        for (var chunk : copies) {
            while (chunk.hasRemaining()) {
                int length = chunk.getInt();
                events.add(chunk.slice(chunk.position(), length));
                chunk.position(chunk.position() + length);
            }
        }
        return events;
    }

    int maxExchanges() {
        return maxExchanges;
    }

    private Chunk begin(Kind kind, long number, int line, long nanos, int bodyBytes) {
        var chunk = chunkFor(EVENT_HEAD_BYTES + bodyBytes);
        chunk.bytes
                .putInt(EVENT_HEAD_BYTES - 4 + bodyBytes)
                .put(kind.code)
                .putLong(number)
                .putInt(line)
                .putLong(nanos);
        return chunk;
    }

    private Chunk chunkFor(int bytes) {
        var last = chunks.peekLast();
        if (last != null && last.bytes.remaining() >= bytes) {
            return last;
        }
        int size = Math.max(bytes, Math.min(CHUNK_BYTES, maxBytes / 4));
        Chunk reusable = null;
        while (!chunks.isEmpty()
                && (heldBytes + size > maxBytes || heldRequests - chunks.getFirst().requests >= maxExchanges)) {
            var oldest = chunks.removeFirst();
            heldBytes -= oldest.bytes.capacity();
            heldRequests -= oldest.requests;
            if (oldest.bytes.capacity() == size) reusable = oldest;
        }
        var next = reusable == null ? new Chunk(size) : reusable;
        next.bytes.clear();
        next.requests = 0;
        heldBytes += size;
        chunks.addLast(next);
        return next;
    }

    private static int gapBytes(int[] gaps) {
        int bytes = 0;
        for (int i = 1; i < gaps.length; i += 2) {
            bytes += gaps[i];
        }
        return bytes;
    }

    private static void putGaps(ByteBuffer to, int[] gaps) {
        to.putInt(gaps.length * 4 / GAP_BYTES);
        for (int value : gaps) {
            to.putInt(value);
        }
    }

    private static void copy(ByteBuffer from, int at, int length, ByteBuffer to) {
        from.get(from.position() + at, to.array(), to.arrayOffset() + to.position(), length);
        to.position(to.position() + length);
    }
}
