package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests of the extension, run by older releases of JUnit: each in a process of its own, with that release's jars. */
class OlderJUnitTest {
    private static final List<Class<?>> TESTS =
            List.of(BrokerExtensionTest.class, WithBrokerTest.class, ResettingTest.class, KindsOfTestsTest.class);

    @ParameterizedTest
    @ValueSource(strings = {"5.10.5", "5.14.4"})
    void theExtensionIsTheSameWithOlderJUnit(String release) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(release),
                TestRun.class.getName()));
        TESTS.forEach(test -> command.add(test.getName()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static String classPath(String release) throws Exception {
        var others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> !Path.of(jar).getFileName().toString().startsWith("junit-"));
        try (var jars = Files.list(Path.of("target", "junit", release))) {
            return Stream.concat(jars.map(jar -> jar.toAbsolutePath().toString()), others)
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
