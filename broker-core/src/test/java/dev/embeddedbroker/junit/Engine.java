package dev.embeddedbroker.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs test classes within a test, by JUnit's own engine. */
final class Engine {
    private Engine() {}

    /** One test after the other. */
    static Events run(Class<?>... classes) {
        return execute(classes, "same_thread", "same_thread");
    }

    /** Four tests at once. */
    static Events runParallel(Class<?>... classes) {
        return execute(classes, "concurrent", "concurrent");
    }

    /** Four classes at once, the tests of each one after the other. */
    static Events runParallelClasses(Class<?>... classes) {
        return execute(classes, "same_thread", "concurrent");
    }

    private static Events execute(Class<?>[] classes, String methodsMode, String classesMode) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", methodsMode)
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", classesMode)
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(Arrays.stream(classes).map(type -> selectClass(type)).toArray(DiscoverySelector[]::new))
                .execute()
                .allEvents();
    }
}
