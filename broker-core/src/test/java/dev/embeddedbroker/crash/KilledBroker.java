package dev.embeddedbroker.crash;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The main class of a broker that is to be killed, with a port, a directory and settings: ends with its parent. */
public final class KilledBroker {
    private KilledBroker() {}

    public static void main(String[] args) throws IOException {
        var settings = EmbeddedBroker.builder()
                .port(Integer.parseInt(args[0]))
                .dataDirectory(Path.of(args[1]))
                .config("log.segment.bytes", "1048576");
        for (int i = 2; i + 1 < args.length; i += 2) {
            settings.config(args[i], args[i + 1]);
        }
        settings.build().start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            continue; // the parent writes nothing; the end of its output is its end
        }
        Runtime.getRuntime().halt(0);
    }
}
