package dev.embeddedbroker.coordinator.host;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Answers of several askings, in the order they were asked, handed on when the last one is in. Parts may be put by any
 * thread; whoever puts the last one hands them on.
 */
public final class Gather<T> {
    private final List<T> parts;
    private final AtomicInteger missing;
    private final Consumer<List<T>> then;

    /** @param blank stands where a part is missing; with no parts to wait for, {@code then} runs at once */
    public Gather(int count, T blank, Consumer<List<T>> then) {
        this.parts = Collections.synchronizedList(new ArrayList<>(Collections.nCopies(count, blank)));
        this.missing = new AtomicInteger(count);
        this.then = then;
        if (count == 0) {
            then.accept(List.of());
        }
    }

    public void put(int index, T part) {
        parts.set(index, part);
        if (missing.decrementAndGet() == 0) {
            then.accept(List.copyOf(parts));
        }
    }
}
