package dev.embeddedbroker.examples.conflict;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Loads this test's whole class path once more, and notes the names of all classes it was asked for. */
final class WatchedLoader extends URLClassLoader {
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    WatchedLoader() throws IOException {
        super(classPath(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] classPath() throws MalformedURLException {
        // surefire's own property; java.class.path names a jar that only points to the others
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<URL> urls = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator)) {
            urls.add(new File(entry).toURI().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        asked.add(name);
        return super.loadClass(name, resolve);
    }

    List<String> asked(String prefix) {
        return asked.stream().filter(name -> name.startsWith(prefix)).toList();
    }
}
