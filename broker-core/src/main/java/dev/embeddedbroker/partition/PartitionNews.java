package dev.embeddedbroker.partition;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is told that something changed in a partition, and which clients have begun to read it.
 *
 * <p><b>Owner:</b> the partition's loop.
 */
public final class PartitionNews {
    /** Of more clients than this the oldest are forgotten. */
    private static final int MAX_READERS = 256;

    private final Partition partition;
    private @Nullable Consumer<Partition> activity;
    private @Nullable Consumer<Partition> change;
    private boolean activityTold;
    private Set<String> readers = Set.of();

    PartitionNews(Partition partition) {
        this.partition = partition;
    }

    /** {@code listener} is told once until {@link #tellActivityAgain}. */
    void onActivity(@Nullable Consumer<Partition> listener) {
        activity = listener;
    }

    /** {@code listener} is told every time. */
    void onChange(@Nullable Consumer<Partition> listener) {
        change = listener;
    }

    void tellActivityAgain() {
        activityTold = false;
    }

    /** Records, high watermark, start or settings may have changed in this turn. */
    void tell() {
        if (!activityTold && activity != null) {
            activityTold = true;
            activity.accept(partition);
        }
        tellChange();
    }

    /** Something changed that the log needs no looking after for. */
    public void tellChange() {
        if (change != null) change.accept(partition);
    }

    /** A client found out where to start, or reads; see {@link #clientName}. */
    public void noteReader(String client) {
        if (readers.contains(client)) return;
        if (readers.isEmpty()) readers = new LinkedHashSet<>();
        readers.add(client);
        if (readers.size() > MAX_READERS) {
            Iterator<String> oldest = readers.iterator();
            oldest.next();
            oldest.remove();
        }
        tellChange();
    }

    /** Whether a client has begun to read, as far as is remembered. */
    public boolean hasReader(String client) {
        return readers.contains(client);
    }

    /** What tells clients apart: address and client id, which a consumer shows to its group as well. Any thread. */
    public static String clientName(String clientHost, @Nullable String clientId) {
        return clientHost + " " + (clientId == null ? "" : clientId); // as groups note one that says none
    }
}
