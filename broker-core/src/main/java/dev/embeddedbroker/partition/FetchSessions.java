package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.FetchRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The fetch sessions one loop owns (KIP-227): which partitions a client fetches, so that it need not name them again.
 *
 * <p>A session id tells the loop that owns it ({@link #ownerOf}), so a request of a session that comes in over another
 * loop's connection is handed to the owner. A full cache gives a slot away as Kafka does: first that of a session unused
 * for two minutes; else that of the smallest session, if the new one is larger or privileged (a follower's) and the old
 * one is not too young.
 *
 * <p><b>Owner:</b> one loop; {@link #ownerOf} may be asked by any thread.
 */
public final class FetchSessions {

    static final int NO_SESSION = 0;
    static final int INITIAL_EPOCH = 0;
    static final int FINAL_EPOCH = -1;
    /** An unused session may be evicted by anybody after this time; a young one is safe from equals. */
    static final long EVICTION_MS = 120_000;

    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private final Loop loop;
    private final int firstId;
    private final int idsPerLoop;
    private final int maxSessions;
    private final RandomGenerator random;
    /** In the order of last use, oldest first. */
    private final LinkedHashMap<Integer, FetchSession> sessions = new LinkedHashMap<>();

    /**
     * The share of one loop.
     *
     * @param loop who owns it
     * @param loops how many loops share {@code maxSessions}
     * @param maxSessions {@code max.incremental.fetch.session.cache.slots} of the broker
     */
    public FetchSessions(Loop loop, int loops, int maxSessions, RandomGenerator random) {
        this.loop = loop;
        this.idsPerLoop = Integer.MAX_VALUE / loops;
        this.firstId = loop.index() * idsPerLoop;
        this.maxSessions = maxSessions / loops + (loop.index() < maxSessions % loops ? 1 : 0);
        this.random = random;
    }

    /** The index of the loop, of {@code loops}, that owns a session; -1 if the id is none a broker gives. */
    public static int ownerOf(int sessionId, int loops) {
        if (sessionId <= NO_SESSION) return -1;
        int index = sessionId / (Integer.MAX_VALUE / loops);
        return index < loops ? index : -1;
    }

    /** Whether a request names all it fetches, and so goes on with no session. */
    public static boolean isFull(FetchRequest request) {
        return request.sessionEpoch == INITIAL_EPOCH || request.sessionEpoch == FINAL_EPOCH;
    }

    int size() {
        return sessions.size();
    }

    /** Merges a request into its session, or opens what will become one, and says what is to be fetched. */
    public FetchPlan begin(FetchRequest request, short version, boolean privileged, long nowMs) {
        loop.requireInside();
        if (isFull(request)) {
            // a session named in a full request is closed by it
            if (request.sessionId != NO_SESSION) sessions.remove(request.sessionId);
            var items = itemsOf(request);
            return request.sessionEpoch == FINAL_EPOCH
                    ? FetchPlan.sessionless(items)
                    : FetchPlan.opening(this, items, version >= FIRST_VERSION_WITH_TOPIC_IDS, privileged, nowMs);
        }
        return proceed(request, version, nowMs);
    }

    private FetchPlan proceed(FetchRequest request, short version, long nowMs) {
        var session = sessions.get(request.sessionId);
        if (session == null) return FetchPlan.failed(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        if (session.epoch != request.sessionEpoch) return FetchPlan.failed(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        if (session.usesTopicIds != version >= FIRST_VERSION_WITH_TOPIC_IDS) {
            return FetchPlan.failed(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        session.update(request);
        if (session.items.isEmpty()) {
            sessions.remove(session.id);
            return FetchPlan.sessionless(itemsOf(request));
        }
        session.use(nowMs);
        sessions.remove(session.id); // to the end of the order of use
        sessions.put(session.id, session);
        return FetchPlan.incremental(session);
    }

    /** Closes a session if there is such a one; the first request of a new one names the one it replaces. */
    public void close(int sessionId) {
        loop.requireInside();
        sessions.remove(sessionId);
    }

    /** Opens a session that serves {@code items} from now on; returns its id, or 0 if there is no slot for it. */
    int open(Map<FetchItem.Key, FetchItem> items, boolean usesTopicIds, boolean privileged, long nowMs) {
        if (sessions.size() >= maxSessions && !evictFor(privileged, items.size(), nowMs)) return NO_SESSION;
        int id;
        do {
            id = firstId + random.nextInt(idsPerLoop);
        } while (id == NO_SESSION || sessions.containsKey(id));
        sessions.put(id, new FetchSession(id, items, usesTopicIds, privileged, nowMs));
        return id;
    }

    private boolean evictFor(boolean privileged, int size, long nowMs) {
        if (sessions.isEmpty()) return false;
        var oldest = sessions.values().iterator().next();
        if (nowMs - oldest.lastUsedMs > EVICTION_MS) {
            sessions.remove(oldest.id);
            return true;
        }
        FetchSession least = null;
        for (var session : sessions.values()) {
            if (session.isEvictable(privileged) && (least == null || session.isWorthLessThan(least))) least = session;
        }
        if (least == null || least.isWorthMoreThan(privileged, size)) return false;
        sessions.remove(least.id);
        return true;
    }

    static int epochAfter(int epoch) {
        if (epoch < 0) return FINAL_EPOCH;
        return epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    /** The partitions a request names, in its order; of one named twice the last counts, at the place of the first. */
    private static Map<FetchItem.Key, FetchItem> itemsOf(FetchRequest request) {
        var items = new LinkedHashMap<FetchItem.Key, FetchItem>();
        for (var topic : request.topics) {
            for (var asked : topic.partitions) {
                addTo(items, topic, asked);
            }
        }
        return items;
    }

    static void addTo(
            Map<FetchItem.Key, FetchItem> items, FetchRequest.FetchTopic topic, FetchRequest.FetchPartition asked) {
        var key = FetchItem.Key.of(topic.topic, topic.topicId, asked.partition);
        var known = items.get(key);
        if (known == null) {
            items.put(key, new FetchItem(key, topic.topic, topic.topicId, asked));
        } else {
            known.ask(asked);
        }
    }
}
