package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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

    /** Median, and in brackets minimum to maximum where they differ. */
    String of(String peer) {
        var sorted = sorted(peer);
        if (sorted.isEmpty()) {
            return "";
        }
        double least = sorted.get(0);
        double most = sorted.get(sorted.size() - 1);
        return least == most ? text(least) : text(median(peer)) + " (" + text(least) + "–" + text(most) + ")";
    }

    /** How many times less the first peer takes than the second, by medians. */
    String ratio(String peer, String than) {
        if (sorted(peer).isEmpty() || sorted(than).isEmpty() || median(peer) == 0) {
            return "";
        }
        return text(median(than) / median(peer)) + "×";
    }

    /** Every sample of that peer, as a JSON array. */
    String all(String peer) {
        return byPeer.getOrDefault(peer, List.of()).toString();
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private List<Double> sorted(String peer) {
        var sorted = new ArrayList<>(byPeer.getOrDefault(peer, List.of()));
        Collections.sort(sorted);
        return sorted;
    }
}
