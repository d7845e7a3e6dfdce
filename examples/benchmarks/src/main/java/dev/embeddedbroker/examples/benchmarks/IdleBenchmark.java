package dev.embeddedbroker.examples.benchmarks;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * What a broker costs that does nothing: share of a core over {@code seconds}, and resident memory, empty, with {@code
 * partitions} idle partitions, and with {@code connections} idle connections besides. Each turn has a fresh broker.
 */
final class IdleBenchmark implements Workload {
    @Override
    public String about() {
        return "an idle broker: % of a core, resident MB";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        int seconds = arguments.number("seconds", 10);
        int partitions = arguments.number("partitions", 1_000);
        int connections = arguments.number("connections", 100);
        for (int round = 0; round < arguments.number("rounds", 3); round++) {
            for (String peer : arguments.list("peers", String.join(",", Report.PEERS))) {
                try (var broker = BrokerProcess.start(peer, Map.of())) {
                    idle("empty", seconds, peer, broker, report);
                    createPartitions(broker, partitions);
                    idle(partitions + " partitions", seconds, peer, broker, report);
                    var sockets = connect(broker, connections);
                    idle(partitions + " partitions, " + connections + " connections", seconds, peer, broker, report);
                    for (var socket : sockets) {
                        socket.close();
                    }
                }
            }
        }
    }

    private static void idle(String what, int seconds, String peer, BrokerProcess broker, Report report)
            throws Exception {
        Thread.sleep(2_000); // the JIT compiler's queue empties
        var cpu = new CpuTime(broker);
        Thread.sleep(seconds * 1_000L);
        report.add(what + ": % of a core", Better.LESS, peer, cpu.brokerSeconds() * 100 / seconds);
        report.add(what + ": resident MB", Better.LESS, peer, broker.residentBytes() / 1e6);
    }

    private static void createPartitions(BrokerProcess broker, int partitions) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("idle", partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static List<Socket> connect(BrokerProcess broker, int connections) throws Exception {
        String[] address = broker.bootstrapServers().split(":", 2);
        var sockets = new ArrayList<Socket>();
        for (int i = 0; i < connections; i++) {
            var socket = new Socket();
            socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
            sockets.add(socket);
        }
        return sockets;
    }
}
