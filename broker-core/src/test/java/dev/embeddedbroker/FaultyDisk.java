package dev.embeddedbroker;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.DiskFile;
import dev.embeddedbroker.storage.disk.StorageException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk that fails, or holds up, the operations it is told to. An operation is called by its method's name in
 * {@link Disk} or {@link DiskFile} and the end of the path it is about.
 */
public final class FaultyDisk {
    private final Disk real;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Fault fault = (operation, path) -> false;
    private volatile Fault held = (operation, path) -> false;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile CountDownLatch arrived = new CountDownLatch(0);

    /** What fails. */
    @FunctionalInterface
    public interface Fault {
        boolean hits(String operation, String path);
    }

    public FaultyDisk(Disk real) {
        this.real = real;
    }

    public Disk disk() {
        return proxy(Disk.class, real, null);
    }

    /** From now on these operations fail. */
    public void fail(Fault newFault) {
        fault = newFault;
    }

    /** There is space again. */
    public void heal() {
        fault = (operation, path) -> false;
    }

    /** From now on these operations do not return before {@link #release}. */
    public void hold(Fault operations) {
        arrived = new CountDownLatch(1);
        gate = new CountDownLatch(1);
        held = operations;
    }

    /** Counted down when the first operation is held up. */
    public CountDownLatch arrived() {
        return arrived;
    }

    public void release() {
        held = (operation, path) -> false;
        gate.countDown();
    }

    /** How many operations have failed. */
    public int failures() {
        return failures.get();
    }

    private <T> T proxy(Class<T> type, T target, Path file) {
        return type.cast(Proxy.newProxyInstance(
                FaultyDisk.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Path path = file != null
                            ? file
                            : arguments != null && arguments.length > 0 && arguments[0] instanceof Path given
                                    ? given
                                    : null;
                    before(method.getName(), path == null ? "" : path.toString().replace('\\', '/'));
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof DiskFile opened ? proxy(DiskFile.class, opened, path) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void before(String operation, String path) throws InterruptedException {
        if (held.hits(operation, path)) {
            arrived.countDown();
            gate.await();
        }
        if (fault.hits(operation, path)) {
            failures.incrementAndGet();
            throw new StorageException("no space left, as told, for " + operation + " of " + path);
        }
    }
}
