package dev.embeddedbroker.examples.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs one workload by its name: {@code NAME [ARGUMENT=VALUE …]}. Prints a table in Markdown; {@code json=FILE} writes
 * every sample as well, {@code svg=FILE} plots the ratios. Without a name it lists the workloads.
 */
public final class Benchmarks {
    private static final Map<String, Workload> WORKLOADS = new TreeMap<>(Map.ofEntries(
            Map.entry("startup", new StartupBenchmark()),
            Map.entry("produce", new ProduceBenchmark()),
            Map.entry("consume", new ConsumeBenchmark()),
            Map.entry("raw", new RawBenchmark()),
            Map.entry("latency", new LatencyBenchmark()),
            Map.entry("topics", new TopicsBenchmark()),
            Map.entry("transactions", new TransactionBenchmark()),
            Map.entry("idle", new IdleBenchmark()),
            Map.entry("scale", new ScaleBenchmark()),
            Map.entry("group-first-record", new FirstRecordBenchmark()),
            Map.entry("group-ten-members", new TenMembersBenchmark()),
            Map.entry("group-fifty-members", new FiftyMembersBenchmark()),
            Map.entry("group-idle", new IdleGroupsBenchmark()),
            Map.entry("group-load", new LoadCommitsBenchmark())));

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
        String svg = arguments.text("svg", "");
        if (!svg.isEmpty()) {
            report.plot(workload.about(), Path.of(svg));
        }
    }
}
