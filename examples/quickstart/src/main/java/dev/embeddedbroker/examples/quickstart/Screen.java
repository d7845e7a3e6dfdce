package dev.embeddedbroker.examples.quickstart;

import java.io.PrintStream;

/** The quickstart's output: a title, numbered steps, and the lines below each. */
final class Screen {
    private final PrintStream out;
    private int steps;

    Screen(PrintStream out) {
        this.out = out;
    }

    void title(String text) {
        out.printf("%n  %s%n  %s%n", text, "=".repeat(text.length()));
    }

    void step(String text) {
        out.printf("%n  %d. %s%n", ++steps, text);
    }

    void line(String text) {
        out.printf("       %s%n", text);
    }

    void end(String text) {
        out.printf("%n  %s%n%n", text);
    }
}
