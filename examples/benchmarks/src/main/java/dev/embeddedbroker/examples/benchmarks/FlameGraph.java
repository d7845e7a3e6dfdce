package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A flame graph as SVG: what a frame's callees take of it lies above it, in proportion. Reads the collapsed stacks that
 * profilers write: {@code frame;frame;frame samples} a line, the thread first.
 *
 * <p>Run as {@code FlameGraph STACKS SVG THREAD TITLE…}: of the threads whose names contain THREAD.
 */
final class FlameGraph {
    private static final int WIDTH = 1200;
    private static final int ROW = 17;
    private static final int TOP = 34;
    private static final double LETTER = 6.3;
    private static final double LEAST_SHARE = 0.008;

    /** What lies below a frame that has this much of all is not drawn: it is the same for every stack. */
    private static final double STEM_SHARE = 0.97;

    private Frame root = new Frame();

    private FlameGraph() {}

    /** A frame, and what was called by it. */
    private static final class Frame {
        private final Map<String, Frame> callees = new TreeMap<>();
        private long samples;

        int depth(long least) {
            return 1
                    + callees.values().stream()
                            .filter(frame -> frame.samples >= least)
                            .mapToInt(frame -> frame.depth(least))
                            .max()
                            .orElse(0);
        }
    }

    public static void main(String[] args) throws IOException {
        var graph = new FlameGraph();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            graph.add(line, args[2]);
        }
        String title = String.join(" ", List.of(args).subList(3, args.length));
        Files.writeString(Path.of(args[1]), graph.svg(title));
    }

    private void add(String line, String thread) {
        int space = line.lastIndexOf(' ');
        long samples = Long.parseLong(line.substring(space + 1));
        String[] frames = line.substring(0, space).split(";", -1);
        if (!frames[0].contains(thread)) {
            return;
        }
        Frame frame = root;
        frame.samples += samples;
        for (String name : Arrays.asList(frames).subList(1, frames.length)) {
            frame = frame.callees.computeIfAbsent(withoutNumbers(name), unused -> new Frame());
            frame.samples += samples;
        }
    }

    /** Classes of lambdas are numbered as they come. */
    private static String withoutNumbers(String name) {
        return name.replaceAll("\\$\\$Lambda[^.]*", "\\$\\$Lambda");
    }

    private void cutStem() {
        while (true) {
            var next = root.callees.values().stream()
                    .filter(frame -> frame.samples >= root.samples * STEM_SHARE)
                    .findFirst();
            if (next.isEmpty()) {
                return;
            }
            root = next.get();
        }
    }

    private String svg(String title) {
        cutStem();
        long least = Math.max(1, (long) (root.samples * LEAST_SHARE));
        int height = TOP + root.depth(least) * ROW + 8;
        var svg = new StringBuilder(Svg.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"monospace\" font-size=\"10.5\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"6\" y=\"20\" font-size=\"14\" font-family=\"sans-serif\">%s</text>%n",
                WIDTH, height, Svg.escaped(title)));
        draw(svg, "all", root, 0, height - 8 - ROW, least);
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, String name, Frame frame, double x, int y, long least) {
        double width = (double) frame.samples / root.samples * WIDTH;
        String share = Svg.format("%.1f %%", 100.0 * frame.samples / root.samples);
        String label = label(name);
        int letters = (int) ((width - 6) / LETTER);
        svg.append(Svg.format(
                "<g><title>%s: %s</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" stroke=\"white\" stroke-width=\"0.5\"/>",
                Svg.escaped(name), share, x, y, width, ROW - 1, colour(name)));
        if (letters > 2) {
            String shown = label.length() <= letters ? label : label.substring(0, letters - 1) + "…";
            svg.append(Svg.format("<text x=\"%.1f\" y=\"%d\">%s</text>", x + 3, y + ROW - 5, Svg.escaped(shown)));
        }
        svg.append("</g>\n");
        double at = x;
        for (var callee : frame.callees.entrySet()) {
            if (callee.getValue().samples >= least) {
                draw(svg, callee.getKey(), callee.getValue(), at, y - ROW, least);
            }
            at += (double) callee.getValue().samples / root.samples * WIDTH;
        }
    }

    /** A Java frame without its package. */
    private static String label(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String colour(String name) {
        if (name.startsWith("dev/embeddedbroker/")) {
            return "#9ecae9";
        }
        if (name.startsWith("io/netty/")) {
            return "#a8ddb5";
        }
        return name.contains("/") && !name.endsWith("_[k]") ? "#e0e0e0" : "#fdc38d";
    }
}
