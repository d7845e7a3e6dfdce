package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Many topics: created in one request (a thousand at most, as Kafka refuses batches of 10,000 records), their leaders
 * known, a first record to each unless {@code records=0}, deleted.
 * Arguments: {@code topics} (a list), {@code rounds}, {@code warmups}, {@code records}.
 */
final class TopicsBenchmark implements Workload {
    private static final int MOST_AT_ONCE = 1_000;
    private int turns;
    private boolean produces;

    @Override
    public String about() {
        return "many topics of one partition, in ms";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        produces = arguments.number("records", 1) > 0;
        try (var brokers =
                BrokerPair.start(arguments.list("peers", String.join(",", Report.PEERS)), arguments.settings())) {
            var unused = new Report();
            for (String topics : arguments.list("topics", "1,100,1000")) {
                int count = Integer.parseInt(topics);
                brokers.rounds(arguments.number("warmups", 1), (peer, broker) -> measure(count, peer, broker, unused));
                brokers.rounds(arguments.number("rounds", 5), (peer, broker) -> measure(count, peer, broker, report));
            }
        }
    }

    private void measure(int count, String peer, BrokerProcess broker, Report report) throws Exception {
        turns++;
        var names = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            names.add("topics-" + turns + "-" + i);
        }
        String what = count + (count == 1 ? " topic" : " topics");
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.describeCluster().nodes().get();
            long start = System.nanoTime();
            for (var some : parts(names)) {
                admin.createTopics(some.stream()
                                .map(name -> new NewTopic(name, 1, (short) 1))
                                .toList())
                        .all()
                        .get();
            }
            report.add(what + ": created", Better.LESS, peer, sinceMs(start));
            while (!haveLeaders(admin, names)) {
                Thread.onSpinWait();
            }
            report.add(what + ": leaders known", Better.LESS, peer, sinceMs(start));
            if (produces) {
                long produceStart = System.nanoTime();
                produceToEach(names, broker);
                report.add(what + ": first record to each", Better.LESS, peer, sinceMs(produceStart));
            }
            long deleteStart = System.nanoTime();
            for (var some : parts(names)) {
                admin.deleteTopics(some).all().get();
            }
            report.add(what + ": deleted", Better.LESS, peer, sinceMs(deleteStart));
        }
    }

    private static List<List<String>> parts(List<String> names) {
        var parts = new ArrayList<List<String>>();
        for (int from = 0; from < names.size(); from += MOST_AT_ONCE) {
            parts.add(names.subList(from, Math.min(names.size(), from + MOST_AT_ONCE)));
        }
        return parts;
    }

    private static void produceToEach(List<String> names, BrokerProcess broker) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String name : names) {
                producer.send(new ProducerRecord<>(name, new byte[100])).get();
            }
        }
    }

    private static boolean haveLeaders(Admin admin, List<String> names) throws Exception {
        try {
            return admin.describeTopics(names).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition ->
                            partition.leader() != null && !partition.leader().isEmpty());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private static double sinceMs(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }
}
