package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import java.util.Arrays;
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

    /** Makes handlers when they are needed; asked for each once, under its lock. */
    public interface HandlerSource {
        ApiHandler<?> handlerOf(ApiKey key);
    }

    /** One line of the table. Any thread. */
    public static final class Entry {
        private final ApiKey key;
        private final short minVersion;
        private final short maxVersion;
        private final HandlerSource source;
        private volatile @Nullable ApiHandler<?> handler;

        private Entry(ApiKey key, int minVersion, int maxVersion, HandlerSource source) {
            this.key = key;
            this.minVersion = (short) minVersion;
            this.maxVersion = (short) maxVersion;
            this.source = source;
        }

        public ApiKey key() {
            return key;
        }

        public short minVersion() {
            return minVersion;
        }

        public short maxVersion() {
            return maxVersion;
        }

        /** Who answers, made now if nobody needed it before. */
        public ApiHandler<?> handler() {
            var made = handler;
            if (made != null) {
                return made;
            }
            synchronized (source) {
                if (handler == null) {
                    handler = source.handlerOf(key);
                }
                return handler;
            }
        }

        public boolean serves(short version) {
            return version >= minVersion && version <= maxVersion;
        }
    }

    private final Map<Short, Entry> entries = new TreeMap<>();
    private @Nullable Entry[] byId = {};

    /** Adds a line with a handler that is there already. */
    public <Q extends Request> void serve(ApiKey key, int minVersion, int maxVersion, ApiHandler<Q> handler) {
        serve(key, minVersion, maxVersion, (HandlerSource) served -> handler);
    }

    /**
     * Adds a line.
     *
     * @throws IllegalArgumentException for a second line of the same key, and for a range that is reversed or not within
     *     what the protocol knows
     */
    public void serve(ApiKey key, int minVersion, int maxVersion, HandlerSource source) {
        if (minVersion > maxVersion || minVersion < key.oldestVersion() || maxVersion > key.latestVersion()) {
            throw new IllegalArgumentException(key + " is to be served in versions " + minVersion + " to " + maxVersion
                    + " (expected: a range within " + key.oldestVersion() + " to " + key.latestVersion() + ")");
        }
        var entry = new Entry(key, minVersion, maxVersion, source);
        if (entries.putIfAbsent(key.id(), entry) != null) {
            throw new IllegalArgumentException(key + " is served already (expected: one line for each key)");
        }
        if (key.id() >= byId.length) {
            byId = Arrays.copyOf(byId, key.id() + 1);
        }
        byId[key.id()] = entry;
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
