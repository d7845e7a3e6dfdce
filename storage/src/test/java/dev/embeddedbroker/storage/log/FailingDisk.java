package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.DiskFile;
import dev.embeddedbroker.storage.disk.StorageException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Set;

/** A disk, until its Nth change: that one and all later ones fail; a write fails half-done. */
public final class FailingDisk {
    private static final Set<String> CHANGES = Set.of(
            "open",
            "rename",
            "delete",
            "deleteTree",
            "resize",
            "writeAtomically",
            "write",
            "truncate",
            "createDirectories");

    private final Disk real;
    private long changesLeft;
    private boolean failed;

    public FailingDisk(Disk real, long changesLeft) {
        this.real = real;
        this.changesLeft = changesLeft;
    }

    public boolean hasFailed() {
        return failed;
    }

    public Disk disk() {
        return proxy(Disk.class, real);
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                FailingDisk.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (CHANGES.contains(method.getName()) && changesLeft-- <= 0) {
                        if (!failed && method.getName().equals("write")) {
                            writeHalf((DiskFile) target, (ByteBuffer) arguments[0], (Long) arguments[1]);
                        }
                        failed = true;
                        throw new StorageException("the disk fails, as it was told to: " + method.getName());
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof DiskFile file ? proxy(DiskFile.class, file) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static void writeHalf(DiskFile file, ByteBuffer bytes, long position) {
        file.write(bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2), position);
    }
}
