package dev.embeddedbroker.examples.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many test classes, eight at a time: 40 in every build, 200 with {@code -Dlong.tests=true}. */
class ParallelClassesTest {
    private static final int CLASSES = Boolean.getBoolean("long.tests") ? 200 : 40;
    private static final int AT_ONCE = 8;
    private static final int TESTS_OF_A_CLASS = 3;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(classes = {OwnBroker.class, SharedBroker.class, ResetBroker.class})
    void classesThatRunAtOnceDoNotDisturbOneAnother(Class<?> template) throws Exception {
        try (var classes = ManyClasses.of(template, CLASSES, directory)) {
            var summary = classes.run(AT_ONCE);
            var failures = new StringWriter();
            summary.printFailuresTo(new PrintWriter(failures));
            assertThat(summary.getTotalFailureCount()).as(failures.toString()).isZero();
            assertThat(summary.getTestsSucceededCount()).isEqualTo((long) CLASSES * TESTS_OF_A_CLASS);
        }
    }
}
