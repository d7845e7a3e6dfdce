package dev.embeddedbroker.examples.benchmarks;

import java.util.Locale;

/** What every drawing needs: numbers that do not depend on where it is drawn, and text that is no markup. */
final class Svg {

    private Svg() {}

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
