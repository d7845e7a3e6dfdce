package dev.embeddedbroker.coordinator.host;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who is on the way into a group: clients that connected just now, or asked for a group's coordinator, and have not joined
 * yet. While there are such, a group that forms waits a little for them instead of being rebalanced for each. What is
 * known is a hint: a client that does not come is not waited for longer than a moment.
 *
 * <p><b>Owner:</b> none; any thread.
 */
public final class Arrivals {
    /**
     * A client that has only introduced itself may be anything: it says what it wants with its next request, on a busy machine
     * within this time.
     */
    private static final long STRANGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A client that knows where its group's coordinator is joins within this time, or not soon. */
    private static final long SEEKER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Java's consumer of the newer protocol asks for the coordinator when it is made, and joins when it first polls. */
    private static final long MADE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long MEMORY_NANOS = MADE_NANOS;
    private static final int MANY = 64;

    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    private record Client(@Nullable String groupId, boolean isThere, long seenNanos) {}

    /** How a client is told from others: members of one group should have different ids, and have by default. */
    public static String client(String host, @Nullable String clientId) {
        return clientId + host;
    }

    /** The client has connected; it may have before. */
    public void introduced(String client, long nowNanos) {
        forgetOld(nowNanos);
        clients.putIfAbsent(client, new Client(null, false, nowNanos));
    }

    /** The client asked for the group's coordinator. */
    public void seeks(String groupId, String client, long nowNanos) {
        forgetOld(nowNanos);
        clients.put(client, new Client(groupId, false, nowNanos));
    }

    /** The client joins a group, and is not waited for any more. */
    public void joins(String client, long nowNanos) {
        clients.put(client, new Client(null, true, nowNanos));
    }

    /** The client asked for topics or brokers: if it is a consumer of a group, it asks for the group's coordinator next. */
    public void looksUp(String client, long nowNanos) {
        clients.computeIfPresent(
                client, (c, known) -> known.groupId() == null ? new Client(null, true, nowNanos) : known);
    }

    /** Whether there are clients that have asked for the group's coordinator, or nothing yet, and should join in a moment. */
    public boolean areOthersComing(String groupId, long nowNanos) {
        return clients.values().stream()
                .anyMatch(client -> isSeeker(client, groupId, nowNanos, SEEKER_NANOS) || isStranger(client, nowNanos));
    }

    /** Whether somebody else asked for the group's coordinator not long ago, and has not joined yet. */
    public boolean mayOthersSubscribe(String groupId, String client, long nowNanos) {
        return clients.entrySet().stream()
                .anyMatch(other -> isSeeker(other.getValue(), groupId, nowNanos, MADE_NANOS)
                        && !other.getKey().equals(client));
    }

    private static boolean isSeeker(Client client, String groupId, long nowNanos, long withinNanos) {
        return groupId.equals(client.groupId()) && nowNanos - client.seenNanos() < withinNanos;
    }

    private static boolean isStranger(Client client, long nowNanos) {
        return client.groupId() == null && !client.isThere() && nowNanos - client.seenNanos() < STRANGER_NANOS;
    }

    private void forgetOld(long nowNanos) {
        if (clients.size() >= MANY) {
            clients.values().removeIf(client -> nowNanos - client.seenNanos() > MEMORY_NANOS);
        }
    }
}
