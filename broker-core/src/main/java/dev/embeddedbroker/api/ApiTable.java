package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which API keys a listener serves, in which versions, and by whom: the only place with version ranges. What is not here
 * does not exist for a client.
 *
 * <p><b>Owner:</b> the thread that wires the broker, until the listener starts; unchanging and readable anywhere then.
 */
public final class ApiTable {

    /** One line of the table. */
    public record Entry(ApiKey key, short minVersion, short maxVersion, ApiHandler<?> handler) {

        public boolean serves(short version) {
            return version >= minVersion && version <= maxVersion;
        }
    }

    private final Map<Short, Entry> entries = new TreeMap<>();
    private Entry[] byId = {};

    /**
     * Adds a line.
     *
     * @throws IllegalArgumentException for a second line of the same key, and for a range that is reversed or not within
     *     what the protocol knows
     */
    public <Q extends Request> void serve(ApiKey key, int minVersion, int maxVersion, ApiHandler<Q> handler) {
        if (minVersion > maxVersion || minVersion < key.oldestVersion() || maxVersion > key.latestVersion()) {
            throw new IllegalArgumentException(key + " is to be served in versions " + minVersion + " to " + maxVersion
                    + " (expected: a range within " + key.oldestVersion() + " to " + key.latestVersion() + ")");
        }
        var entry = new Entry(key, (short) minVersion, (short) maxVersion, handler);
        if (entries.putIfAbsent(key.id(), entry) != null) {
            throw new IllegalArgumentException(key + " is served already (expected: one line for each key)");
        }
        index();
    }

    private void index() {
        var ids = new ArrayList<>(entries.keySet());
        byId = new Entry[ids.get(ids.size() - 1) + 1];
        entries.forEach((id, entry) -> byId[id] = entry);
    }

    /** The line of an API key given by number, or null when it is not served. */
    public @Nullable Entry find(int id) {
        return id < 0 || id >= byId.length ? null : byId[id];
    }

    /** All lines, by number. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }
}
