package dev.embeddedbroker.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections a listener has, in all and by address, and whether one more may come.
 *
 * <p><b>Owner:</b> the loop that accepts.
 */
final class ConnectionLimits {

    private static final Logger log = LoggerFactory.getLogger(ConnectionLimits.class);

    private int max;
    private int maxPerAddress;
    private final Map<InetAddress, Integer> overrides = new HashMap<>();
    private final Map<InetAddress, Integer> counts = new HashMap<>();
    private int total;

    ConnectionLimits(NetOptions options) {
        become(options);
    }

    /** Goes by these limits from now on. */
    void become(NetOptions options) {
        overrides.clear();
        max = options.maxConnections();
        maxPerAddress = options.maxConnectionsPerIp();
        for (var override : options.maxConnectionsPerIpOverrides().entrySet()) {
            String host = override.getKey();
            try {
                overrides.put(InetAddress.getByName(host), override.getValue());
            } catch (UnknownHostException e) {
                log.warn(
                        "max.connections.per.ip.overrides names {}, which has no address (expected: a known host)",
                        host);
            }
        }
    }

    /** Whether there is no room for anybody. */
    boolean isFull() {
        return total >= max;
    }

    /** Counts a connection in, or returns false when its address has too many already. */
    boolean admit(InetAddress address) {
        int count = counts.getOrDefault(address, 0);
        if (count >= limitFor(address)) {
            return false;
        }
        counts.put(address, count + 1);
        total++;
        return true;
    }

    int limitFor(InetAddress address) {
        return overrides.getOrDefault(address, maxPerAddress);
    }

    void release(InetAddress address) {
        total--;
        counts.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
    }

    int total() {
        return total;
    }
}
