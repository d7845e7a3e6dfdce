package dev.embeddedbroker.explain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was seen of one group. <b>Owner:</b> none; any thread. */
final class GroupSighting {

    /** Somebody committed an offset. */
    record Commit(long offset, Client by, long atMs) {}

    /** Somebody spoke for a member. */
    record Heartbeat(Client by, long atMs) {}

    private static final int MOST_CLIENTS = 100;

    private final Set<Client> clients = new LinkedHashSet<>();
    private final Map<Place, Commit> commits = Sightings.bounded();
    private final Map<String, Heartbeat> heartbeats = Sightings.bounded();
    private @Nullable Heartbeat left;

    synchronized void isSeen(Client client) {
        if (clients.add(client) && clients.size() > MOST_CLIENTS) {
            clients.remove(clients.iterator().next());
        }
    }

    synchronized void heartbeat(String memberId, Client by, long nowMs) {
        heartbeats.put(memberId, new Heartbeat(by, nowMs));
        isSeen(by);
    }

    synchronized void leaves(Client client, long nowMs) {
        left = new Heartbeat(client, nowMs);
    }

    synchronized void commits(Place place, long offset, Client by, long nowMs) {
        commits.put(place, new Commit(offset, by, nowMs));
        isSeen(by);
    }

    synchronized List<Client> clients() {
        return new ArrayList<>(clients);
    }

    /** The last commit for a partition, by name or by id. */
    synchronized @Nullable Commit commit(Object name, Object id, int partition) {
        Commit byName = commits.get(new Place(name, partition));
        Commit byId = commits.get(new Place(id, partition));
        return byId == null || (byName != null && byName.atMs() > byId.atMs()) ? byName : byId;
    }

    synchronized @Nullable Heartbeat heartbeat(String memberId) {
        return heartbeats.get(memberId);
    }

    /** Who was the last to leave. */
    synchronized @Nullable Heartbeat left() {
        return left;
    }
}
