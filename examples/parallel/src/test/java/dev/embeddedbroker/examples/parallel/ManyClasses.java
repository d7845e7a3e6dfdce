package dev.embeddedbroker.examples.parallel;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Test classes that are written, compiled and run here: many that extend one. */
final class ManyClasses implements AutoCloseable {
    private final URLClassLoader loader;
    private final List<Class<?>> classes = new ArrayList<>();

    private ManyClasses(URLClassLoader loader) {
        this.loader = loader;
    }

    /** Compiles them into an empty directory. */
    static ManyClasses of(Class<?> template, int count, Path directory) throws Exception {
        var sources = new ArrayList<File>();
        for (int i = 0; i < count; i++) {
            sources.add(write(template, name(template, i), directory));
        }
        compile(sources, directory);
        var parent = ManyClasses.class.getClassLoader();
        var made =
                new ManyClasses(new URLClassLoader(new URL[] {directory.toUri().toURL()}, parent));
        for (int i = 0; i < count; i++) {
            made.classes.add(made.loader.loadClass("many." + name(template, i)));
        }
        return made;
    }

    private static String name(Class<?> template, int number) {
        return template.getSimpleName() + number + "Test";
    }

    private static File write(Class<?> template, String name, Path directory) throws IOException {
        var file = directory.resolve(name + ".java");
        Files.writeString(file, "package many; public class " + name + " extends " + template.getName() + " {}\n");
        return file.toFile();
    }

    private static void compile(List<File> sources, Path directory) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of(
                    "-proc:none", "-d", directory.toString(), "-classpath", System.getProperty("java.class.path"));
            var units = files.getJavaFileObjectsFromFiles(sources);
            if (!compiler.getTask(null, files, null, options, null, units).call()) {
                throw new IllegalStateException(sources.size() + " classes could not be compiled");
            }
        }
    }

    /** Runs so many of the classes at once, the tests of each one after the other. */
    TestExecutionSummary run(int atOnce) {
        var parallel = "junit.jupiter.execution.parallel.";
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(classes.stream().map(type -> selectClass(type)).toArray(DiscoverySelector[]::new))
                .configurationParameter(parallel + "enabled", "true")
                .configurationParameter(parallel + "mode.default", "same_thread")
                .configurationParameter(parallel + "mode.classes.default", "concurrent")
                .configurationParameter(parallel + "config.strategy", "fixed")
                .configurationParameter(parallel + "config.fixed.parallelism", Integer.toString(atOnce))
                .configurationParameter(parallel + "config.fixed.max-pool-size", Integer.toString(atOnce))
                .build();
        var summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        return summary.getSummary();
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
