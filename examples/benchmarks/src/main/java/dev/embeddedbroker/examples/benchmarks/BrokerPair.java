package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The two brokers of a comparison, each in a process of its own, measured in turn while the other one idles. */
final class BrokerPair implements AutoCloseable {
    private final Map<String, BrokerProcess> byPeer = new LinkedHashMap<>();

    /** What is done with one broker in one turn. */
    interface Turn {
        void take(String peer, BrokerProcess broker) throws Exception;
    }

    /**
     * For turns that write much: files of deleted topics go after a second instead of a minute, so that they do not burden
     * the other brokers' turns.
     */
    static BrokerPair startForMuch(List<String> peers, Map<String, String> settings) throws Exception {
        var all = new HashMap<>(settings);
        all.putIfAbsent("log.segment.delete.delay.ms", "1000");
        return start(peers, all);
    }

    static BrokerPair start(List<String> peers, Map<String, String> settings) throws Exception {
        var pair = new BrokerPair();
        try {
            for (String peer : peers) {
                pair.byPeer.put(peer, BrokerProcess.start(peer, settings));
            }
        } catch (IOException e) {
            pair.close();
            throw e;
        }
        return pair;
    }

    /** A B A B: every peer's turn, that often; none begins while the kernel writes what the one before left. */
    void rounds(int rounds, Turn turn) throws Exception {
        for (int round = 0; round < rounds; round++) {
            for (var peer : byPeer.entrySet()) {
                PageCache.awaitClean();
                turn.take(peer.getKey(), peer.getValue());
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (var broker : byPeer.values()) {
            broker.close();
        }
    }
}
