package dev.embeddedbroker.node;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be undone to end a broker, last made first undone. A step that fails is reported and the others still run.
 *
 * <p><b>Owner:</b> whoever starts and closes the node; not thread-safe.
 */
final class Undo {
    private static final Logger log = LoggerFactory.getLogger(Undo.class);

    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    private record Step(String what, AutoCloseable part) {}

    /** Something that ends in another way if the broker is to end as if its process was killed. */
    interface Part extends AutoCloseable {
        @Override
        void close();

        void crash();
    }

    /** A step that closes something, which throws what is unchecked only. */
    void add(String what, AutoCloseable part) {
        steps.push(new Step(what, part));
    }

    /** Undoes everything and throws the first failure, if there was one. Does nothing the second time. */
    void run() {
        run(false);
    }

    /** The same as if the process was killed. */
    void crash() {
        run(true);
    }

    private void run(boolean isCrash) {
        RuntimeException first = null;
        for (var step = steps.poll(); step != null; step = steps.poll()) {
            try {
                if (isCrash && step.part() instanceof Part part) {
                    part.crash();
                } else {
                    step.part().close();
                }
            } catch (Exception thrown) {
                var e = thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
                if (first == null) {
                    first = e;
                } else {
                    log.error("{} could not be closed either", step.what(), e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
