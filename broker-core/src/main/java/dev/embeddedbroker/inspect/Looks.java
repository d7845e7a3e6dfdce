package dev.embeddedbroker.inspect;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.partition.Partition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Questions to the loops of a broker, from outside of them: each is answered by the owner of what is asked about, in one
 * turn, and waited for.
 *
 * <p><b>Owner:</b> the thread that asks.
 */
final class Looks {
    private final BrokerInsides insides;
    private final long untilNanos;

    /** @param untilNanos until when answers are waited for, in {@link System#nanoTime} */
    Looks(BrokerInsides insides, long untilNanos) {
        this.insides = insides;
        this.untilNanos = untilNanos;
        for (Loop loop : insides.loops().all()) {
            if (loop.isInside()) {
                throw new IllegalStateException(
                        "called on " + Thread.currentThread().getName()
                                + ", a thread of the broker's own (expected: another one, as this call waits for it)");
            }
        }
    }

    BrokerInsides insides() {
        return insides;
    }

    /** The loops did not answer in time. */
    static final class NoAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoAnswer(TimeoutException cause) {
            super("the broker's threads did not answer in time", cause);
        }
    }

    /** What a question is answered with. <b>Owner:</b> none; any thread. */
    static final class Answer<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();

        CompletableFuture<T> future() {
            return future;
        }

        /** Answers by what {@code look} gives, or with what it throws. */
        void by(Supplier<T> look) {
            try {
                give(look.get());
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        }

        void give(T value) {
            if (!future.complete(value) && value instanceof Read read) {
                read.close(); // nobody waits for it any more
            }
        }
    }

    /** Something read that must be given back. */
    interface Read extends AutoCloseable {
        @Override
        void close();
    }

    /** Asks; {@code question} must see to it that the answer is given, on whatever thread. */
    <T> T ask(Consumer<Answer<T>> question) {
        Answer<T> look = insides.changes().look();
        try {
            question.accept(look);
            return look.future().get(Math.max(1, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException loopHasEnded) {
            throw new Changes.BrokerEnded();
        } catch (TimeoutException e) {
            look.future().cancel(false);
            throw new NoAnswer(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at the broker", e);
        } finally {
            insides.changes().looked(look);
        }
    }

    /** Has a partition looked at on its loop. */
    <T> T at(Partition partition, Function<Partition, T> look) {
        return ask(answer -> partition.loop().execute(() -> answer.by(() -> look.apply(partition))));
    }

    /** Has partitions looked at, those of each loop in one turn of it; what was seen, in their order. */
    <T> List<T> at(Collection<Partition> partitions, Function<Partition, T> look) {
        var all = List.copyOf(partitions);
        if (all.isEmpty()) {
            return List.of();
        }
        var places = new HashMap<Loop, List<Integer>>();
        for (int i = 0; i < all.size(); i++) {
            places.computeIfAbsent(all.get(i).loop(), loop -> new ArrayList<>()).add(i);
        }
        return ask(answer -> {
            var seen = new Object[all.size()];
            var pending = new AtomicInteger(places.size());
            places.forEach((loop, mine) -> loop.execute(() -> {
                try {
                    mine.forEach(i -> seen[i] = look.apply(all.get(i)));
                } catch (RuntimeException e) {
                    answer.future().completeExceptionally(e);
                    return;
                }
                if (pending.decrementAndGet() == 0) {
                    answer.give(listOf(seen));
                }
            }));
        });
    }

    @SuppressWarnings("unchecked") // they were put in by the same look
    private static <T> List<T> listOf(Object[] seen) {
        return (List<T>) Arrays.asList(seen);
    }
}
