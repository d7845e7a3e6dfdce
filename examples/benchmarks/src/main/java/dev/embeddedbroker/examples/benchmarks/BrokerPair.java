package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
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
