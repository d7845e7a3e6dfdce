package dev.embeddedbroker.node;

import java.util.ArrayDeque;
import java.util.function.Function;
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

    private record Step(String what, Runnable action, Runnable atCrash) {}

    void add(String what, Runnable action) {
        add(what, action, action);
    }

    /** A step that is another one if the broker is to end as if its process was killed. */
    void add(String what, Runnable action, Runnable atCrash) {
        steps.push(new Step(what, action, atCrash));
    }

    /** Undoes everything and throws the first failure, if there was one. Does nothing the second time. */
    void run() {
        run(Step::action);
    }

    /** The same as if the process was killed. */
    void crash() {
        run(Step::atCrash);
    }

    private void run(Function<Step, Runnable> way) {
        RuntimeException first = null;
        for (var step = steps.poll(); step != null; step = steps.poll()) {
            try {
                way.apply(step).run();
            } catch (RuntimeException e) {
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
