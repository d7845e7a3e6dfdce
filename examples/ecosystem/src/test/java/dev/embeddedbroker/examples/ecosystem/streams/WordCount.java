package dev.embeddedbroker.examples.ecosystem.streams;

import dev.embeddedbroker.examples.ecosystem.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/** Counting words: the application, its input, and what must come out of it. */
final class WordCount {
    private static final List<String> WORDS = List.of("log", "loop", "batch", "group", "offset", "marker", "epoch");

    private final Random random;
    private final Map<String, Long> counts = new TreeMap<>();

    /** Lines of words from {@code seed}. */
    WordCount(long seed) {
        random = new Random(seed);
    }

    /** Lines come in, are repartitioned by word, and counted in a store with a changelog; each new count goes out. */
    static Topology topology(String from, String to) {
        var builder = new StreamsBuilder();
        builder.<String, String>stream(from)
                .flatMapValues(line -> Arrays.asList(line.split(" ", -1)))
                .groupBy((number, word) -> word)
                .count(Materialized.as("counts"))
                .toStream()
                .to(to, Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    /** Sends lines of four words. */
    void send(Topics topics, String topic, int lines) {
        for (int i = 0; i < lines; i++) {
            String line = random.ints(4, 0, WORDS.size()).mapToObj(WORDS::get).collect(Collectors.joining(" "));
            for (String word : line.split(" ", -1)) {
                counts.merge(word, 1L, Long::sum);
            }
            topics.send(topic, "line " + i, line);
        }
        topics.flush();
    }

    /** How many words were sent. */
    int total() {
        return counts.values().stream().mapToInt(Long::intValue).sum();
    }

    /** What comes out if each word is counted once: 1, 2, 3, … for each. */
    Map<String, List<Long>> ledger() {
        Map<String, List<Long>> ledger = new TreeMap<>();
        counts.forEach((word, count) ->
                ledger.put(word, LongStream.rangeClosed(1, count).boxed().toList()));
        return ledger;
    }
}
