package dev.embeddedbroker.storage.disk;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk that notes what is asked of it. */
public final class CountingDisk {
    private final Disk real;
    private final List<Operation> operations = new ArrayList<>();

    /** One call of a method of {@link Disk} or {@link DiskFile}. */
    public record Operation(String name, Path path) {}

    public CountingDisk(Disk real) {
        this.real = real;
    }

    public Disk disk() {
        return proxy(Disk.class, real, null);
    }

    /** What was asked so far; forgotten with that. */
    public synchronized List<Operation> take() {
        var taken = List.copyOf(operations);
        operations.clear();
        return taken;
    }

    private <T> T proxy(Class<T> type, T target, Path file) {
        return type.cast(Proxy.newProxyInstance(
                CountingDisk.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Path path = file;
                    if (path == null && arguments != null && arguments[0] instanceof Path given) {
                        path = given;
                    }
                    synchronized (this) {
                        operations.add(new Operation(method.getName(), path == null ? Path.of("") : path));
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof DiskFile opened ? proxy(DiskFile.class, opened, path) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
