package dev.embeddedbroker.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A wish for more partitions of a topic.
 *
 * @param count how many the topic shall have in all
 * @param assignments the brokers of each additional partition, or null to leave it to the controller
 */
public record NewPartitions(
        String topic, int count, @Nullable List<List<Integer>> assignments) {}
