package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where fsyncs are done, which may take long, so that no loop waits for them. */
@FunctionalInterface
public interface Flusher {

    /** Does the work on the calling thread: for logs that nobody waits for. */
    Flusher INLINE = (work, replyOn, then) -> {
        Throwable thrown = null;
        try {
            work.run();
        } catch (RuntimeException e) {
            thrown = e;
        }
        then.accept(thrown);
    };

    /** Does {@code work}, after all that was handed in before, then runs {@code then} on the loop with what it threw, or null. */
    void run(Runnable work, Loop replyOn, Consumer<@Nullable Throwable> then);
}
