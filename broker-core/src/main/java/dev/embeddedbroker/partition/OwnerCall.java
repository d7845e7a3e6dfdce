package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on things that several loops own: one message to each owner, one back. What the calling loop owns is worked on
 * inline, and if that is everything there is no message at all.
 *
 * <p><b>Owner:</b> the calling loop ("home"). An item is touched by its owner between the two messages and by home
 * before and after them, so items need no lock and their fields no {@code volatile}.
 */
public final class OwnerCall {

    private static final Logger log = LoggerFactory.getLogger(OwnerCall.class);

    /** One thing to work on. */
    public interface Item {

        /** The loop that does the work; null if there is none to do, which then is not done. */
        @Nullable
        Loop owner();

        /** Does the work. Inside {@link #owner()}. */
        void work();

        /** Takes note that {@link #work()} threw, which is a bug, or that the owner has ended. */
        void failed(Throwable cause);
    }

    private final Loop home;
    private final Runnable then;
    private int pending;

    private OwnerCall(Loop home, Runnable then) {
        this.home = home;
        this.then = then;
    }

    /** Works on all items, then runs {@code then} on {@code home}: inside this call if home owns all items. */
    public static void run(Loop home, List<? extends Item> items, Runnable then) {
        home.requireInside();
        List<List<Item>> abroad = null;
        for (Item item : items) {
            Loop owner = item.owner();
            if (owner != null && owner != home) {
                abroad = abroad == null ? new ArrayList<>() : abroad;
                groupOf(owner, abroad).add(item);
            }
        }
        if (abroad == null) {
            workAt(home, items);
            then.run();
        } else {
            new OwnerCall(home, then).send(items, abroad);
        }
    }

    private static List<Item> groupOf(Loop owner, List<List<Item>> groups) {
        for (List<Item> group : groups) {
            if (group.get(0).owner() == owner) return group;
        }
        var group = new ArrayList<Item>();
        groups.add(group);
        return group;
    }

    private void send(List<? extends Item> items, List<List<Item>> abroad) {
        pending = abroad.size() + 1;
        for (List<Item> group : abroad) {
            Loop owner = group.get(0).owner();
            try {
                if (owner != null) owner.execute(() -> workAbroad(owner, group));
            } catch (RejectedExecutionException e) {
                group.forEach(item -> item.failed(e));
                pending--;
            }
        }
        workAt(home, items);
        answered();
    }

    private void workAbroad(Loop owner, List<Item> group) {
        workAt(owner, group);
        try {
            home.execute(this::answered);
        } catch (RejectedExecutionException e) {
            log.debug("Loop {} ended before loop {} answered it", home.index(), owner.index());
        }
    }

    private void answered() {
        if (--pending == 0) then.run();
    }

    private static void workAt(Loop owner, List<? extends Item> items) {
        for (Item item : items) {
            if (item.owner() != owner) continue;
            try {
                item.work();
            } catch (RuntimeException | Error e) {
                item.failed(e);
            }
        }
    }
}
