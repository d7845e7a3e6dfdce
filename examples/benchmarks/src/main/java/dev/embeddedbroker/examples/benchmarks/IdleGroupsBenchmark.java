package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What 10,000 groups that have committed offsets and have no members cost. */
final class IdleGroupsBenchmark implements Workload {
    private static final int GROUPS = 10_000;
    private static final int AT_ONCE = 200;
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration WATCHED = Duration.ofSeconds(20);

    @Override
    public String about() {
        return "10,000 groups with offsets and without members: % of a core";
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
            Figures.topic(broker.bootstrapServers(), "one", 1);
            make(broker.bootstrapServers());
            TimeUnit.MILLISECONDS.sleep(SETTLING.toMillis());
            var before = broker.cpu();
            TimeUnit.MILLISECONDS.sleep(WATCHED.toMillis());
            double used = broker.cpu().minus(before).toNanos();
            figures.add("10,000 idle groups: % of a core", 100 * used / WATCHED.toNanos());
        }
    }

    private static void make(String bootstrap) throws ExecutionException, InterruptedException {
        var offset = Map.of(new TopicPartition("one", 0), new OffsetAndMetadata(0));
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            for (int first = 0; first < GROUPS; first += AT_ONCE) {
                var results = new ArrayList<AlterConsumerGroupOffsetsResult>();
                for (int group = first; group < first + AT_ONCE; group++) {
                    results.add(admin.alterConsumerGroupOffsets("idle-" + group, offset));
                }
                for (var result : results) {
                    result.all().get();
                }
            }
        }
    }
}
