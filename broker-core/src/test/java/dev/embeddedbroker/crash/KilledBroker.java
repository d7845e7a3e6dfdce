package dev.embeddedbroker.crash;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The main class of a broker that is to be killed: says when it is ready, and ends with its parent. */
public final class KilledBroker {
    private KilledBroker() {}

    public static void main(String[] args) throws IOException {
        EmbeddedBroker.builder()
                .port(Integer.parseInt(args[0]))
                .dataDirectory(Path.of(args[1]))
                .config("log.segment.bytes", "1048576")
                .build()
                .start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            continue; // the parent writes nothing; the end of its output is its end
        }
        Runtime.getRuntime().halt(0);
    }
}
