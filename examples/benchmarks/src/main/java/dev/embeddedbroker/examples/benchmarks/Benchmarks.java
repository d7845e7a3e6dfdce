package dev.embeddedbroker.examples.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs one workload by its name: {@code NAME [ARGUMENT=VALUE …]}. Prints a table in Markdown; {@code json=FILE} writes
 * every sample as well. Without a name it lists the workloads.
 */
public final class Benchmarks {
    private static final Map<String, Workload> WORKLOADS = new TreeMap<>(Map.of(
            "startup", new StartupBenchmark(),
            "produce", new ProduceBenchmark(),
            "consume", new ConsumeBenchmark(),
            "latency", new LatencyBenchmark(),
            "topics", new TopicsBenchmark(),
            "transactions", new TransactionBenchmark(),
            "idle", new IdleBenchmark(),
            "scale", new ScaleBenchmark()));

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        var workload = args.length == 0 ? null : WORKLOADS.get(args[0]);
        if (workload == null) {
            WORKLOADS.forEach((name, known) -> System.out.println(name + ": " + known.about()));
            return;
        }
        var arguments = new Arguments(List.of(args).subList(1, args.length));
        var report = new Report();
        workload.run(arguments, report);
        System.out.println(report.table(workload.about() + ", " + arguments));
        String json = arguments.text("json", "");
        if (!json.isEmpty()) {
            report.write(Path.of(json));
        }
    }
}
