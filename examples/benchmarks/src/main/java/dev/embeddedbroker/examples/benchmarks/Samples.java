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

    boolean has(String peer) {
        return byPeer.containsKey(peer);
    }

    /** Median, and in brackets minimum to maximum where they differ. */
    String of(String peer) {
        return summary(byPeer.getOrDefault(peer, List.of()), "");
    }

    /**
     * How many times better the first peer is: the median of the rounds' ratios, and in brackets the least and most of
     * them.
     */
    String ratio(String peer, String than, Better way) {
        var ratios = ratios(peer, than, way);
        return ratios.stream().allMatch(Double::isFinite) ? summary(ratios, "×") : "";
    }

    /** One for each round, where every round has one sample of each; otherwise the ratio of the medians. */
    List<Double> ratios(String peer, String than, Better way) {
        var ratios = new ArrayList<Double>();
        var ours = byPeer.getOrDefault(peer, List.of());
        var theirs = byPeer.getOrDefault(than, List.of());
        if (ours.isEmpty() || theirs.isEmpty()) {
            return ratios;
        }
        if (ours.size() == theirs.size()) {
            for (int i = 0; i < ours.size(); i++) {
                ratios.add(ratio(ours.get(i), theirs.get(i), way));
            }
        } else {
            ratios.add(ratio(median(ours), median(theirs), way));
        }
        return ratios;
    }

    private static double ratio(double ours, double theirs, Better way) {
        return way == Better.LESS ? theirs / ours : ours / theirs;
    }

    /** Every sample of that peer, as a JSON array. */
    String all(String peer) {
        return byPeer.getOrDefault(peer, List.of()).toString();
    }

    private static String summary(List<Double> values, String unit) {
        if (values.isEmpty()) {
            return "";
        }
        double least = Collections.min(values);
        double most = Collections.max(values);
        String middle = text(median(values)) + unit;
        return least == most ? middle : middle + " (" + text(least) + "–" + text(most) + ")";
    }

    static double median(List<Double> values) {
        var sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
