package dev.embeddedbroker.examples.standalone;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.concurrent.CountDownLatch;

/**
 * A broker on the desk, for kcat, Kafka's own tools, or any language. It runs until the process is told to end.
 *
 * <pre>
 * --port 9092              the port to bind (default 9092; 0 takes a free one)
 * --host localhost         the name or address to bind and to tell clients
 * --data-dir DIR           where the data is kept (default: a temporary directory, deleted at the end)
 * --topic NAME:PARTITIONS  a topic to create, any number of times
 * --config NAME=VALUE      a server setting under Apache Kafka's name, any number of times
 * </pre>
 */
public final class Standalone {
    private Standalone() {}

    public static void main(String[] args) throws InterruptedException {
        EmbeddedBroker.Builder builder;
        try {
            builder = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(Arguments.USAGE);
            System.exit(2);
            return;
        }
        var broker = builder.build().start();
        // This process belongs to the broker, so here, and not in the library, a signal closes it cleanly.
        var closed = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            broker.close();
                            closed.countDown();
                        },
                        "close-broker"));
        System.out.println("Embedded Broker is ready at " + broker.bootstrapServers());
        closed.await();
    }
}
