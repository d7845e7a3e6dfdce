package dev.embeddedbroker.examples.quickstart;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Orders and notifications, end to end: a stock producer, two consumer groups and a broker that is stopped and started
 * again, all in this one process.
 */
public final class Quickstart {
    private static final List<Order> ORDERS = List.of(
            new Order("1001", "ada", "a mechanical keyboard"),
            new Order("1002", "grace", "a box of punch cards"),
            new Order("1003", "linus", "a herd of penguins"),
            new Order("1004", "ada", "a difference engine"),
            new Order("1005", "margaret", "a guidance computer"),
            new Order("1006", "grace", "thirty centimetres of wire"),
            new Order("1007", "alan", "an endless paper tape"),
            new Order("1008", "linus", "a very small kernel"));

    private Quickstart() {}

    public static void main(String[] args) throws Exception {
        var screen = new Screen(System.out);
        Path directory = Files.createTempDirectory("quickstart");
        try {
            run(screen, directory);
        } finally {
            deleteTree(directory);
        }
    }

    private static void run(Screen screen, Path directory) throws Exception {
        screen.title("Embedded Broker: orders and notifications");

        try (var broker = start(screen, directory, "A broker starts in this process")) {
            screen.step("A stock producer places " + ORDERS.size() + " orders");
            try (var shop = new OrderShop(broker.bootstrapServers())) {
                for (var order : ORDERS) {
                    screen.line(shop.place(order));
                }
            }

            screen.step("Group 'notifications' reads five of them, commits, and dies");
            try (var mailer = new OrderReader(broker.bootstrapServers(), "notifications")) {
                mailer.read(5).forEach(screen::line);
            }

            screen.step("Restarted, it goes on from its committed offset");
            try (var mailer = new OrderReader(broker.bootstrapServers(), "notifications")) {
                mailer.read(ORDERS.size() - 5).forEach(screen::line);
            }
        }

        try (var broker = start(screen, directory, "The broker is stopped and started again on its directory")) {
            screen.step("Group 'audit' replays everything from the start");
            try (var auditor = new OrderReader(broker.bootstrapServers(), "audit")) {
                auditor.read(ORDERS.size()).forEach(screen::line);
            }
        }
        screen.end("Nothing lost, nothing twice, nothing left behind.");
    }

    private static EmbeddedBroker start(Screen screen, Path directory, String what) {
        screen.step(what);
        long startedNanos = System.nanoTime();
        var broker = EmbeddedBroker.builder()
                .dataDirectory(directory)
                .topic("orders", 1)
                .build()
                .start();
        screen.line("ready in %d ms at %s"
                .formatted((System.nanoTime() - startedNanos) / 1_000_000, broker.bootstrapServers()));
        return broker;
    }

    private static void deleteTree(Path root) throws Exception {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
