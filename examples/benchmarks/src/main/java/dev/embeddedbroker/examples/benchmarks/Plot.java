package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A plot of ratios as SVG: a bar from 1 to the median of each, a line from the least to the most, on a logarithmic axis.
 * <b>Owner:</b> who makes it. Not thread-safe.
 */
final class Plot {
    private static final int ROW = 22;
    private static final int LABELS = 470;
    private static final int AXIS = 420;
    private static final int TOP = 48;
    private static final double LEAST = 0.5;

    private final String title;
    private final List<Bar> bars = new ArrayList<>();
    private double most = 2;

    private record Bar(String label, boolean first, double least, double median, double most) {}

    Plot(String title) {
        this.title = title;
    }

    /** @param first of the two colours, the first */
    void add(String label, boolean first, List<Double> ratios) {
        if (ratios.isEmpty() || !ratios.stream().allMatch(ratio -> Double.isFinite(ratio) && ratio > 0)) {
            return;
        }
        double greatest = Collections.max(ratios);
        most = Math.max(most, greatest);
        bars.add(new Bar(label, first, Collections.min(ratios), Samples.median(ratios), greatest));
    }

    String svg() {
        int height = TOP + bars.size() * ROW + 30;
        var svg = new StringBuilder(Svg.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">%n",
                LABELS + AXIS + 70, height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.append(Svg.format("<text x=\"8\" y=\"20\" font-weight=\"bold\">%s</text>%n", Svg.escaped(title)));
        for (double tick = 0.5; tick <= most; tick *= 2) {
            svg.append(Svg.format(
                    "<line x1=\"%.1f\" x2=\"%1$.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\"/>%n",
                    x(tick), TOP - 8, height - 24, tick == 1 ? "black" : "#dddddd"));
            svg.append(Svg.format(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s×</text>%n",
                    x(tick), height - 8, tick < 1 ? "0.5" : String.valueOf((int) tick)));
        }
        for (int i = 0; i < bars.size(); i++) {
            svg.append(drawn(bars.get(i), TOP + i * ROW));
        }
        return svg.append("</svg>\n").toString();
    }

    private String drawn(Bar bar, int y) {
        double from = Math.min(x(1), x(bar.median()));
        double to = Math.max(x(1), x(bar.median()));
        int middle = y + ROW / 2 - 2;
        return Svg.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                        + "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n"
                        + "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%11$d\" stroke=\"#333333\"/>%n"
                        + "<text x=\"%.1f\" y=\"%d\">%.1f×</text>%n",
                LABELS - 8,
                y + 14,
                Svg.escaped(bar.label()),
                from,
                y + 2,
                to - from,
                ROW - 8,
                bar.first() ? "#4c78a8" : "#9ecae9",
                x(bar.least()),
                x(bar.most()),
                middle,
                x(bar.most()) + 6,
                y + 14,
                bar.median());
    }

    private double x(double ratio) {
        double share = Math.log(Math.max(ratio, LEAST) / LEAST) / Math.log(most / LEAST);
        return LABELS + share * AXIS;
    }
}
