package dev.embeddedbroker.examples.benchmarks;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.util.Map;

/** A broker that can be measured: ready when {@link #start} returns, gone when it is closed. */
interface Peer extends AutoCloseable {
    String bootstrapServers();

    /** Stops the broker and starts it again on the same data. */
    void restart() throws Exception;

    @Override
    void close() throws IOException;

    /** Starts the broker of that name, one of {@link Report#ALL}, with these settings beside its usual ones. */
    static Peer start(String name, Map<String, String> settings) throws Exception {
        return switch (name) {
            case Report.EMBEDDED -> embedded(settings, false, false);
            case Report.DISK -> embedded(settings, true, false);
            case Report.RECORDED -> embedded(settings, false, true);
            case Report.APACHE -> ApacheKafka.start(settings);
            case Report.NOTHING -> new KeepsNothingServer();
            default -> throw new IllegalArgumentException("peer is " + name + " (expected: one of " + Report.ALL + ")");
        };
    }

    /** Nothing above may name the broker's classes: they are not there where the other peer runs. */
    private static Peer embedded(Map<String, String> settings, boolean onDisk, boolean recorded) {
        var builder = EmbeddedBroker.builder();
        if (onDisk) {
            builder.temporaryDirectory();
        }
        if (recorded) {
            builder.flightRecorder();
        }
        settings.forEach(builder::config);
        var broker = builder.build().start();
        return new Peer() {
            @Override
            public String bootstrapServers() {
                return broker.bootstrapServers();
            }

            @Override
            public void restart() {
                broker.stopBroker(0);
                broker.startBroker(0);
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }
}
