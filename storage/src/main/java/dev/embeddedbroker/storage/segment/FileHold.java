package dev.embeddedbroker.storage.segment;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who still needs a segment's file: the segment itself and each of its mappings. When the last lets go, what was left
 * to do with the file is done, by the thread that let go.
 */
final class FileHold {
    private final AtomicInteger holds = new AtomicInteger(1);
    private volatile @Nullable Runnable whenFree;

    void retain() {
        holds.incrementAndGet();
    }

    boolean isMapped() {
        return mappings() > 0;
    }

    /** Asked by the owner, before it retires the file. */
    int mappings() {
        return holds.get() - 1;
    }

    /** Called once, by the owner: the segment itself is done with the file. */
    void retire(Runnable whenFree) {
        this.whenFree = whenFree;
        release();
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            Runnable then = whenFree;
            if (then != null) {
                then.run();
            }
        }
    }
}
