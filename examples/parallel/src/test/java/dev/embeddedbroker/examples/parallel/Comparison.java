package dev.embeddedbroker.examples.parallel;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long many test classes take, eight at a time, by the brokers they have. Each figure is a JVM's whole run of the tests;
 * writing and compiling the classes is left out. Arguments: {@code classes=200 rounds=3}.
 */
final class Comparison {
    private static final int AT_ONCE = 8;

    /** What there is to compare, in the order of the table; Spring's is compiled with the profile {@code parallel} only. */
    private static final List<String> TEMPLATES =
            List.of("OwnBroker", "SharedBroker", "ResetBroker", "SpringOwnBroker", "SpringSharedBroker");

    private Comparison() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("run")) {
            runOnce(Class.forName(arguments[1]), Integer.parseInt(arguments[2]));
            return;
        }
        int classes = number("classes", 200, arguments);
        int rounds = number("rounds", 3, arguments);
        Map<String, List<String>> times = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String template : TEMPLATES) {
                times.computeIfAbsent(template, any -> new ArrayList<>()).add(timeOf(template, classes));
            }
        }
        System.out.printf("%n| %d classes, %d at a time | wall time |%n| --- | ---: |%n", classes, AT_ONCE);
        times.forEach((template, all) -> System.out.printf("| %s | %s |%n", template, String.join(", ", all)));
    }

    private static int number(String name, int otherwise, String[] arguments) {
        for (String argument : arguments) {
            if (argument.startsWith(name + "=")) {
                return Integer.parseInt(argument.substring(name.length() + 1));
            }
        }
        return otherwise;
    }

    /** In a JVM of its own: seconds, and failures if there were any. */
    private static String timeOf(String template, int classes) throws Exception {
        String name = Comparison.class.getPackageName() + "." + template;
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-cp",
                System.getProperty("java.class.path"),
                Comparison.class.getName(),
                "run",
                name,
                Integer.toString(classes));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String result = "did not end well";
        for (String line : new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            if (line.startsWith("RESULT ")) {
                result = line.substring("RESULT ".length());
            }
        }
        System.out.println(template + ": " + result);
        return result;
    }

    private static void runOnce(Class<?> template, int count) throws Exception {
        Path directory = Files.createTempDirectory("many");
        try (var classes = ManyClasses.of(template, count, directory)) {
            long start = System.nanoTime();
            var summary = classes.run(AT_ONCE);
            var took = Duration.ofNanos(System.nanoTime() - start);
            summary.printFailuresTo(new PrintWriter(System.err, true), 3);
            System.out.printf(
                    "RESULT %.1f s%s%n",
                    took.toMillis() / 1000.0,
                    summary.getTotalFailureCount() == 0
                            ? ""
                            : " (" + summary.getTotalFailureCount() + " of "
                                    + (summary.getTestsFoundCount() + summary.getContainersFailedCount())
                                    + " failed)");
        } finally {
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        System.exit(0);
    }
}
