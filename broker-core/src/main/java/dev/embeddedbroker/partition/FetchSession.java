package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.request.FetchRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** One client's session. <b>Owner:</b> the loop of the {@link FetchSessions} it is among. */
final class FetchSession {

    final int id;
    final boolean usesTopicIds;
    /** In the order they are read: one that gave records goes to the end, so that all get their turn. */
    final LinkedHashMap<FetchItem.Key, FetchItem> items;

    private final boolean privileged;
    private final long createdMs;
    long lastUsedMs;
    private int sizeAtLastUse;
    int epoch = FetchSessions.epochAfter(FetchSessions.INITIAL_EPOCH);

    FetchSession(int id, Map<FetchItem.Key, FetchItem> items, boolean usesTopicIds, boolean privileged, long nowMs) {
        this.id = id;
        this.items = new LinkedHashMap<>(items);
        this.usesTopicIds = usesTopicIds;
        this.privileged = privileged;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        this.sizeAtLastUse = items.size();
    }

    void update(FetchRequest request) {
        for (var topic : request.topics) {
            for (var asked : topic.partitions) {
                FetchSessions.addTo(items, topic, asked);
            }
        }
        for (var topic : request.forgottenTopicsData) {
            for (int partition : topic.partitions) {
                items.remove(FetchItem.Key.of(topic.topic, topic.topicId, partition));
            }
        }
    }

    boolean isEvictable(boolean byPrivileged) {
        boolean isOld = lastUsedMs - createdMs > FetchSessions.EVICTION_MS;
        return isOld || (byPrivileged && !privileged);
    }

    boolean isWorthLessThan(FetchSession other) {
        if (privileged != other.privileged) return other.privileged;
        if (sizeAtLastUse != other.sizeAtLastUse) return sizeAtLastUse < other.sizeAtLastUse;
        return id < other.id;
    }

    boolean isWorthMoreThan(boolean newPrivileged, int newSize) {
        return privileged == newPrivileged ? sizeAtLastUse >= newSize : privileged;
    }

    void use(long nowMs) {
        lastUsedMs = nowMs;
        sizeAtLastUse = items.size();
        epoch = FetchSessions.epochAfter(epoch);
    }

    /** Moves a partition that gave records behind the others. */
    void moveToEnd(FetchItem item) {
        if (items.remove(item.key, item)) items.put(item.key, item);
    }
}
