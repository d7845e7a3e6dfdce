package dev.embeddedbroker.examples.benchmarks;

import java.util.Map;

/** Ten consumers that subscribe at once to a topic of twenty partitions, in a group that is new. */
final class TenMembersBenchmark implements Workload {
    private static final int WARM_UP = 3;
    private static final int COUNTED = 7;
    private static final int PARTITIONS = 20;

    @Override
    public String about() {
        return "ten consumers subscribe to 20 partitions: ms until all is shared out";
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
            Figures.topic(bootstrap, "twenty", PARTITIONS);
            for (int i = 0; i < WARM_UP + COUNTED; i++) {
                boolean isCounted = i >= WARM_UP;
                for (String protocol : new String[] {"classic", "consumer"}) {
                    if (!isCounted && i > 0 && peer.equals("apache") && protocol.equals("consumer")) {
                        continue; // ten seconds each
                    }
                    double ms = once(bootstrap, protocol, i);
                    if (isCounted) {
                        figures.add("10 members, 20 partitions, " + protocol, ms);
                    }
                }
            }
        }
    }

    private static double once(String bootstrap, String protocol, int number) throws InterruptedException {
        try (var swarm = new Swarm(bootstrap, protocol + "-ten-" + number, "twenty", PARTITIONS, protocol)) {
            swarm.add(10);
            long startNanos = System.nanoTime();
            swarm.subscribe();
            swarm.awaitSettled();
            return (System.nanoTime() - startNanos) / 1e6;
        }
    }
}
