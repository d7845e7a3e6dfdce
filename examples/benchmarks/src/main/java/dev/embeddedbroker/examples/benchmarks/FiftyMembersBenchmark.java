package dev.embeddedbroker.examples.benchmarks;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Fifty consumers on 500 partitions: the group forms, then one more joins, then one leaves. Members of the classic protocol
 * heartbeat every 3 s, counted from the last rebalance, and commit every 5 s: so the rests between rebalances differ, the
 * same for every broker, and meet all the phases of it.
 */
final class FiftyMembersBenchmark implements Workload {
    private static final int MEMBERS = 50;
    private static final int PARTITIONS = 500;
    private static final int REBALANCES = 6;
    private static final long LEAST_REST_MS = 3_000;
    private static final int MORE_REST_MS = 6_000;
    private static final long SEED = 50;

    @Override
    public String about() {
        return "fifty consumers on 500 partitions: ms of a rebalance";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        for (int round = 0; round < arguments.number("rounds", 3); round++) {
            for (String peer : arguments.list("peers", String.join(",", Report.PEERS))) {
                measure(peer, (figure, value) -> report.add(figure, Better.LESS, peer, value));
            }
        }
    }

    private static void measure(String peer, Figures figures) throws Exception {
        try (var broker = BrokerProcess.start(peer, Map.of())) {
            String bootstrap = broker.bootstrapServers();
            Figures.topic(bootstrap, "five-hundred", PARTITIONS);
            for (String protocol : new String[] {"classic", "consumer"}) {
                measure(bootstrap, protocol, figures);
            }
        }
    }

    private static void measure(String bootstrap, String protocol, Figures figures) throws Exception {
        String name = "50 members, 500 partitions, " + protocol + ": ";
        try (var swarm = new Swarm(bootstrap, protocol + "-fifty", "five-hundred", PARTITIONS, protocol)) {
            var random = new Random(SEED);
            swarm.add(MEMBERS);
            long startNanos = System.nanoTime();
            swarm.subscribe();
            swarm.awaitSettled();
            figures.add(name + "all at once", (System.nanoTime() - startNanos) / 1e6);
            for (int i = 0; i < REBALANCES; i++) {
                swarm.add(1);
                rest(random);
                startNanos = System.nanoTime();
                swarm.subscribe();
                swarm.awaitSettled();
                figures.add(name + "one joins", (System.nanoTime() - startNanos) / 1e6);
                rest(random);
                startNanos = System.nanoTime();
                swarm.removeOne();
                swarm.awaitSettled();
                figures.add(name + "one leaves", (System.nanoTime() - startNanos) / 1e6);
            }
        }
    }

    private static void rest(Random random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(LEAST_REST_MS + random.nextInt(MORE_REST_MS));
    }
}
