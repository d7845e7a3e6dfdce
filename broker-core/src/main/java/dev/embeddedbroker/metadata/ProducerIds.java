package dev.embeddedbroker.metadata;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Producer ids, each given once, taken from blocks of {@value ProducerIdBlock#SIZE} that the controller hands out.
 *
 * <p><b>Owner:</b> none; any thread, lock-free. Whoever finds the block empty asks for the next one, and all who find it
 * empty meanwhile wait for the same answer.
 */
public final class ProducerIds {

    private final ControllerClient controller;
    private volatile Block current = new Block(new ProducerIdBlock(0, 0));

    public ProducerIds(ControllerClient controller) {
        this.controller = controller;
    }

    private static final class Block {
        final AtomicLong next;
        final long end;
        final AtomicReference<@Nullable CompletableFuture<Block>> refill = new AtomicReference<>();

        Block(ProducerIdBlock ids) {
            this.next = new AtomicLong(ids.first());
            this.end = ids.end();
        }

        long take() {
            return next.get() >= end ? -1 : next.getAndIncrement();
        }
    }

    /** The next id; fails with {@link ControllerUnavailable}. */
    public CompletableFuture<Long> next() {
        var block = current;
        long id = block.take();
        if (id >= 0 && id < block.end) return CompletableFuture.completedFuture(id);
        return refilled(block).thenCompose(next -> next());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback completes the future that is returned
    private CompletableFuture<Block> refilled(Block empty) {
        var mine = new CompletableFuture<Block>();
        if (!empty.refill.compareAndSet(null, mine)) {
            var others = empty.refill.get();
            return others == null ? CompletableFuture.completedFuture(empty) : others;
        }
        controller.allocateProducerIds().whenComplete((ids, failure) -> {
            if (failure != null) {
                // the next one to ask tries again
                empty.refill.set(null);
                mine.completeExceptionally(failure);
            } else {
                var block = new Block(ids);
                current = block;
                mine.complete(block);
            }
        });
        return mine;
    }
}
