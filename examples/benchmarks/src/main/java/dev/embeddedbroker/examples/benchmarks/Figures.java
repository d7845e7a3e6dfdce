package dev.embeddedbroker.examples.benchmarks;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Where a turn of a group's workload puts its figures, and what all of these need. */
@FunctionalInterface
interface Figures {
    void add(String figure, double value);

    /** Makes a topic and waits until its leaders are known. */
    static void topic(String bootstrap, String name, int partitions) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
            while (!haveLeaders(admin, name)) {
                Thread.onSpinWait();
            }
        }
    }

    private static boolean haveLeaders(Admin admin, String name) throws Exception {
        var described =
                admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
        return described != null && described.partitions().stream().allMatch(partition -> partition.leader() != null);
    }
}
