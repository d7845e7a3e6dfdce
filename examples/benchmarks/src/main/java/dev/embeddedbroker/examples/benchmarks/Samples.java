package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was measured of one figure, by peer. */
final class Samples {
    private final Map<String, List<Double>> byPeer = new TreeMap<>();

    void add(String peer, double value) {
        byPeer.computeIfAbsent(peer, name -> new ArrayList<>()).add(value);
    }

    double median(String peer) {
        var sorted = sorted(peer);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Median, and in brackets minimum to maximum. */
    String of(String peer) {
        var sorted = sorted(peer);
        return "%.1f (%.1f–%.1f)".formatted(median(peer), sorted.get(0), sorted.get(sorted.size() - 1));
    }

    private List<Double> sorted(String peer) {
        var sorted = new ArrayList<>(byPeer.get(peer));
        Collections.sort(sorted);
        return sorted;
    }
}
