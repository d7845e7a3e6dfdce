package dev.embeddedbroker.clients;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * One release of the stock Java client, in a class loader of its own. The build copies its jars to {@code
 * target/clients/VERSION}; nothing of the test class path but slf4j is seen by it.
 */
public final class ClientRelease implements AutoCloseable {
    private final URLClassLoader loader;
    private final BiFunction<String, Map<String, String>, List<String>> scenario;

    public ClientRelease(String version) throws Exception {
        loader = new URLClassLoader(jars(version), new OnlyLogging(ClientRelease.class.getClassLoader()));
        scenario = scenario(loader);
    }

    /** What this release makes of a class of the tests, which shares only types of the JDK with them. */
    public Object make(Class<?> ofTests) throws ReflectiveOperationException {
        return loader.loadClass(ofTests.getName()).getDeclaredConstructor().newInstance();
    }

    /** The loader for the threads that run it. */
    public ClassLoader loader() {
        return loader;
    }

    /** Runs a step of {@link ClientScenario} with this release's classes, and says what it saw, a line each. */
    public List<String> run(String step, Map<String, String> arguments) {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return scenario.apply(step, arguments);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @SuppressWarnings("unchecked")
    private static BiFunction<String, Map<String, String>, List<String>> scenario(ClassLoader loader) throws Exception {
        return (BiFunction<String, Map<String, String>, List<String>>) loader.loadClass(ClientScenario.class.getName())
                .getDeclaredConstructor()
                .newInstance();
    }

    /** A {@link GroupMember} of this release's classes. */
    @SuppressWarnings("unchecked")
    BiConsumer<String, Map<String, Object>> member() throws Exception {
        return (BiConsumer<String, Map<String, Object>>) loader.loadClass(GroupMember.class.getName())
                .getDeclaredConstructor()
                .newInstance();
    }

    private static URL[] jars(String version) throws IOException {
        var urls = new ArrayList<URL>();
        urls.add(ClientScenario.class.getProtectionDomain().getCodeSource().getLocation());
        try (var files = Files.list(Path.of("target", "clients", version))) {
            for (Path jar : files.toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }

    /** Shows the JDK and slf4j of the test, and hides its kafka-clients. */
    private static final class OnlyLogging extends ClassLoader {
        private final ClassLoader tests;

        OnlyLogging(ClassLoader tests) {
            super(ClassLoader.getPlatformClassLoader());
            this.tests = tests;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.slf4j.")) {
                return tests.loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
