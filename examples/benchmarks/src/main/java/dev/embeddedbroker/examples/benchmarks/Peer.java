package dev.embeddedbroker.examples.benchmarks;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;

/** A broker that can be measured: ready when {@link #start} returns, gone when it is closed. */
interface Peer extends AutoCloseable {
    String bootstrapServers();

    @Override
    void close() throws IOException;

    /** Starts the broker of that name, {@code embedded} or {@code apache}. */
    static Peer start(String name) throws Exception {
        return switch (name) {
            case "embedded" -> embedded();
            case "apache" -> ApacheKafka.start();
            default -> throw new IllegalArgumentException("peer is " + name + " (expected: embedded or apache)");
        };
    }

    private static Peer embedded() {
        var broker = new EmbeddedBroker().start();
        return new Peer() {
            @Override
            public String bootstrapServers() {
                return broker.bootstrapServers();
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }
}
