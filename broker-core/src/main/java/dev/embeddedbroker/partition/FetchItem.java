package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchPartition;

/**
 * One partition somebody fetches: from where, how much, and what he was told last. In a fetch session it outlives the
 * request (KIP-227).
 *
 * <p><b>Owner:</b> the loop that owns the session, or the one that answers the request if there is none.
 */
public final class FetchItem {

    /** Names a partition by its topic's id, or by its topic's name where there is no id (before v13). */
    record Key(Object topic, int partition) {
        static Key of(String topicName, Uuid topicId, int partition) {
            return new Key(topicId.equals(Uuid.ZERO) ? topicName : topicId, partition);
        }
    }

    private static final long NEVER_SENT = -1;

    final Key key;
    private final String topicName;
    private final Uuid topicId;
    private final int index;
    private long fetchOffset;
    private long followerStartOffset;
    private int maxBytes;
    private int leaderEpoch;
    private int lastFetchedEpoch;
    private long sentHighWatermark = NEVER_SENT;
    private long sentStartOffset = NEVER_SENT;
    private boolean isRead;

    FetchItem(Key key, String topicName, Uuid topicId, FetchPartition asked) {
        this.key = key;
        this.topicName = topicName;
        this.topicId = topicId;
        this.index = asked.partition;
        ask(asked);
    }

    void ask(FetchPartition asked) {
        fetchOffset = asked.fetchOffset;
        followerStartOffset = asked.logStartOffset;
        maxBytes = asked.partitionMaxBytes;
        leaderEpoch = asked.currentLeaderEpoch;
        lastFetchedEpoch = asked.lastFetchedEpoch;
    }

    /** Whether this is the first time that is asked: a session reads its items over and over. Where it is read. */
    public boolean isFirstRead() {
        boolean isFirst = !isRead;
        isRead = true;
        return isFirst;
    }

    /** The topic's name as the request gave it; empty from v13 on. */
    public String topicName() {
        return topicName;
    }

    /** The topic's id as the request gave it; {@link Uuid#ZERO} before v13. */
    public Uuid topicId() {
        return topicId;
    }

    public boolean isSameTopic(FetchItem other) {
        return topicId.equals(other.topicId) && topicName.equals(other.topicName);
    }

    public int index() {
        return index;
    }

    public long fetchOffset() {
        return fetchOffset;
    }

    /** The start of the follower's own log, if a follower asks. */
    public long followerStartOffset() {
        return followerStartOffset;
    }

    public int maxBytes() {
        return maxBytes;
    }

    /** The leader epoch the client believes in, or -1. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** The epoch of the last record the client has, or -1. */
    public int lastFetchedEpoch() {
        return lastFetchedEpoch;
    }

    boolean wouldBeNews(long highWatermark, long startOffset, boolean mustBeSent, boolean isError) {
        return mustBeSent || isError || sentHighWatermark != highWatermark || sentStartOffset != startOffset;
    }

    /** Remembers what is sent now, and says whether it is news to the client (KIP-227). */
    boolean isNews(long highWatermark, long startOffset, boolean mustBeSent, boolean isError) {
        boolean news = wouldBeNews(highWatermark, startOffset, mustBeSent, isError);
        // after an error the partition is sent again, whatever its offsets, once the error is gone
        sentHighWatermark = isError ? NEVER_SENT : highWatermark;
        sentStartOffset = startOffset;
        return news;
    }
}
