package dev.embeddedbroker.explain;

import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse;
import java.util.Map;
import java.util.TreeMap;

/** What was seen of one connection that reads. <b>Owner:</b> none; any thread. */
final class ReaderSighting {

    private static final int NEW_SESSION = 0;
    private static final int NO_SESSION = -1;
    private static final byte READ_COMMITTED = 1;

    private final Client client;
    private final Map<Place, PartitionSighting> partitions = Sightings.bounded();
    private long lastFetchMs;
    private boolean readsCommitted;
    private int throttledMs;
    private long throttledUntilMs;

    ReaderSighting(Client client) {
        this.client = client;
    }

    Client client() {
        return client;
    }

    synchronized void fetches(FetchRequest request, long nowMs) {
        lastFetchMs = nowMs;
        readsCommitted = request.isolationLevel == READ_COMMITTED;
        if (request.sessionEpoch == NEW_SESSION || request.sessionEpoch == NO_SESSION) {
            partitions.values().forEach(each -> each.forgotten(nowMs));
        }
        for (var topic : request.topics) {
            for (var asked : topic.partitions) {
                at(Place.of(topic.topic, topic.topicId, asked.partition)).fetched(asked.fetchOffset, nowMs);
            }
        }
        for (var topic : request.forgottenTopicsData) {
            for (int partition : topic.partitions) {
                at(Place.of(topic.topic, topic.topicId, partition)).forgotten(nowMs);
            }
        }
    }

    synchronized void looksUp(ListOffsetsRequest request, long nowMs) {
        for (var topic : request.topics) {
            for (var asked : topic.partitions) {
                at(new Place(topic.name, asked.partitionIndex)).asks(asked.timestamp, nowMs);
            }
        }
    }

    synchronized void isAnswered(Response response, long nowMs) {
        if (response instanceof FetchResponse fetched) {
            throttledMs = fetched.throttleTimeMs;
            throttledUntilMs = nowMs + throttledMs;
            for (var topic : fetched.responses) {
                for (var partition : topic.partitions) {
                    var bytes = partition.records;
                    at(Place.of(topic.topic, topic.topicId, partition.partitionIndex))
                            .got(bytes == null ? 0 : bytes.remaining(), partition.errorCode, nowMs);
                }
            }
        } else if (response instanceof ListOffsetsResponse found) {
            for (var topic : found.topics) {
                for (var partition : topic.partitions) {
                    at(new Place(topic.name, partition.partitionIndex)).told(partition.offset);
                }
            }
        }
    }

    private PartitionSighting at(Place place) {
        return partitions.computeIfAbsent(place, key -> new PartitionSighting());
    }

    /** What it did in each partition of a topic; copies. */
    synchronized Map<Integer, PartitionSighting> of(TopicImage topic) {
        var found = new TreeMap<Integer, PartitionSighting>();
        partitions.forEach((place, seen) -> {
            if (place.isIn(topic)) {
                found.merge(place.partition(), seen.copy(), PartitionSighting::and);
            }
        });
        return found;
    }

    /** Whether it reads any partition, of whatever topic, at present. */
    synchronized boolean isFetching() {
        return partitions.values().stream().anyMatch(PartitionSighting::isFetching);
    }

    synchronized long lastFetchMs() {
        return lastFetchMs;
    }

    synchronized boolean readsCommitted() {
        return readsCommitted;
    }

    /** How long its last answer told it to wait. */
    synchronized int throttledMs() {
        return throttledMs;
    }

    /** Whether it is waiting because it was told to; its last answer may be younger than the time asked about. */
    synchronized boolean isThrottled(long nowMs) {
        return throttledMs > 0 && nowMs < throttledUntilMs;
    }
}
