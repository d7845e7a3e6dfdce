package dev.embeddedbroker.recorder;

import dev.embeddedbroker.api.FrameTap;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The requests and answers of the last while, to be looked at when something went wrong: the newest of them, as many as its
 * options allow, with their times, connections and clients.
 *
 * <p>What is kept are bytes; they are decoded when somebody asks. Of large records only the beginning is kept. While the
 * recorder is off, a request costs the reading of one flag. What was recorded stays when the recorder or the broker is
 * stopped, and over {@code reset()}, until {@link #clear}.
 *
 * <p>Thread-safe.
 */
public final class FlightRecorder {

    private static final int RECENT = 50;

    private final Clock clock;
    private final Ring ring;
    private final Tap tap;
    private final TopicNames topics;
    private final Fields fields = new Fields();

    /** A recorder, on or off, that tells topics by name as {@code image}, which may be null for a while, names them. */
    public FlightRecorder(
            RecorderOptions options, boolean on, Clock clock, Supplier<? extends @Nullable ClusterImage> image) {
        this.clock = clock;
        this.ring = new Ring(options.maxBytes(), options.maxExchanges());
        this.tap = new Tap(options, ring);
        this.topics = new TopicNames(image);
        tap.turn(on);
    }

    /** What a broker tells of its connections: for its wiring. */
    public FrameTap tap() {
        return tap;
    }

    /** Begins to record, or goes on. When it returns, what is served from now on is recorded, on all connections. */
    public void start() {
        tap.turn(true);
    }

    /** Ends recording; what was recorded stays. Of a request that is being served now, the answer may still be recorded. */
    public void stop() {
        tap.turn(false);
    }

    /** Whether it records. */
    public boolean isOn() {
        return tap.isOn();
    }

    /** Forgets what was recorded. */
    public void clear() {
        ring.clear();
    }

    /** What is kept, in the order in which the requests were served. */
    public List<RecordedExchange> exchanges() {
        var times = new Times(clock);
        Map<Long, RecordedExchange.Parts> byNumber = new LinkedHashMap<>();
        for (var event : ring.events()) {
            var kind = Ring.Kind.of(event.get());
            long number = event.getLong();
            int line = event.getInt();
            long nanos = event.getLong();
            if (kind == Ring.Kind.REQUEST) {
                byNumber.put(number, new RecordedExchange.Parts(number, tap.line(line), nanos, event));
            } else if (kind != Ring.Kind.CLOSED) {
                var parts = byNumber.get(number);
                if (parts != null) parts.add(kind, nanos, event);
            }
        }
        var all = new ArrayList<RecordedExchange>(byNumber.size());
        byNumber.values().forEach(parts -> all.add(new RecordedExchange(parts, times, topics, fields)));
        int surplus = Math.max(0, all.size() - ring.maxExchanges());
        return List.copyOf(all.subList(surplus, all.size()));
    }

    /** Those of them that {@code wanted} says yes to. */
    public List<RecordedExchange> exchanges(Predicate<RecordedExchange> wanted) {
        return exchanges().stream().filter(wanted).toList();
    }

    /** The last fifty of what is kept, a line each: what belongs beside a failed test. Empty when nothing is kept. */
    public String recent() {
        return recent(RECENT);
    }

    /** The last so many of what is kept, a line each. */
    public String recent(int count) {
        var all = exchanges();
        return text(all.subList(Math.max(0, all.size() - count), all.size()));
    }

    /** All that is kept, readable, a line for each request and its answer. */
    public String dumpText() {
        return text(exchanges());
    }

    /** All that is kept, a JSON object a line, with the whole messages; records are told by their batches. */
    public String dumpJsonLines() {
        return jsonLines(exchanges());
    }

    /** Writes {@link #dumpText()} into a file. */
    public void dumpText(Path file) {
        write(file, dumpText());
    }

    /** Writes {@link #dumpJsonLines()} into a file. */
    public void dumpJsonLines(Path file) {
        write(file, dumpJsonLines());
    }

    /**
     * Writes all that is kept into a pcapng file for Wireshark, as if it had been captured: TCP connections with their
     * handshakes, requests when they came and answers when they went. The broker's port is shown as 9092, where Wireshark
     * expects Kafka; the file's comment says so. Bytes of records that were not kept are zeros there.
     *
     * @throws UncheckedIOException if the file can't be written
     */
    public void dumpPcapng(Path file) {
        try (var out = Files.newOutputStream(file)) {
            new PacketDump(out).write(exchanges());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Exchanges, a line each. */
    public static String text(List<RecordedExchange> exchanges) {
        return exchanges.stream().map(each -> each + "\n").collect(Collectors.joining());
    }

    /** Exchanges, a JSON object a line. */
    public static String jsonLines(List<RecordedExchange> exchanges) {
        return exchanges.stream().map(each -> each.toJson() + "\n").collect(Collectors.joining());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
