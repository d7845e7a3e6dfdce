package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A restart with a million offset commits in one partition of {@code __consumer_offsets}, 50 in a batch: how long until the
 * offsets of the last group are told.
 */
final class LoadCommitsBenchmark implements Workload {
    private static final int GROUPS = 1_000;
    private static final int COMMITS_OF_GROUP = 20;
    private static final int PARTITIONS = 50;
    private static final int AT_ONCE = 50;
    private static final Map<String, String> ONE_PARTITION = Map.of("offsets.topic.num.partitions", "1");

    @Override
    public String about() {
        return "a restart with a million offset commits in one partition: ms";
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
        try (var broker = BrokerProcess.start(peer, ONE_PARTITION, "-Xmx1g")) {
            Figures.topic(broker.bootstrapServers(), "fifty", PARTITIONS);
            commit(broker.bootstrapServers());
            long startNanos = System.nanoTime();
            broker.restart();
            double ready = (System.nanoTime() - startNanos) / 1e6;
            fetch(broker.bootstrapServers());
            double told = (System.nanoTime() - startNanos) / 1e6;
            figures.add("1 M commits: restart of the broker", ready);
            figures.add("1 M commits: broker ready to last group's offsets told", told - ready);
        }
    }

    private static void commit(String bootstrap) throws ExecutionException, InterruptedException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var inFlight = new ArrayDeque<AlterConsumerGroupOffsetsResult>();
            for (int round = 1; round <= COMMITS_OF_GROUP; round++) {
                for (int group = 0; group < GROUPS; group++) {
                    if (inFlight.size() == AT_ONCE) {
                        inFlight.remove().all().get();
                    }
                    inFlight.add(admin.alterConsumerGroupOffsets("group-" + group, offsets(round)));
                }
            }
            for (var result : inFlight) {
                result.all().get();
            }
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(int offset) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            offsets.put(new TopicPartition("fifty", partition), new OffsetAndMetadata(offset));
        }
        return offsets;
    }

    private static void fetch(String bootstrap) throws ExecutionException, InterruptedException {
        try (var admin = Admin.create(
                Map.of("bootstrap.servers", bootstrap, "retry.backoff.ms", "10", "retry.backoff.max.ms", "10"))) {
            var told = admin.listConsumerGroupOffsets("group-" + (GROUPS - 1))
                    .partitionsToOffsetAndMetadata()
                    .get();
            if (!told.equals(offsets(COMMITS_OF_GROUP))) {
                throw new IllegalStateException("offsets are " + told + " (expected: " + COMMITS_OF_GROUP + " each)");
            }
        }
    }
}
