package dev.embeddedbroker.explain;

import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.explain.Facts.GroupFacts;
import dev.embeddedbroker.explain.Facts.MemberFacts;
import dev.embeddedbroker.explain.Facts.OpenTransaction;
import dev.embeddedbroker.explain.Facts.PartitionFacts;
import dev.embeddedbroker.explain.Facts.Sample;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ConsumerGroupDescribeRequest;
import dev.embeddedbroker.protocol.request.DescribeGroupsRequest;
import dev.embeddedbroker.protocol.request.DescribeProducersRequest;
import dev.embeddedbroker.protocol.request.DescribeTransactionsRequest;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.ListGroupsRequest;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest;
import dev.embeddedbroker.protocol.request.ListTransactionsRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse;
import dev.embeddedbroker.protocol.response.DescribeProducersResponse;
import dev.embeddedbroker.protocol.response.DescribeTransactionsResponse;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.ListGroupsResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse;
import dev.embeddedbroker.protocol.response.ListTransactionsResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers {@link Facts}: the broker is asked what any client may ask, and what was seen is looked up.
 *
 * <p><b>Owner:</b> the thread that asks, which is none of the broker's.
 */
final class Gathering {

    private static final int PATIENCE_S = 30;
    private static final int SAMPLE_BYTES = 1 << 20;
    private static final long EARLIEST = -2;
    private static final long LATEST = -1;
    private static final long MAX_TIMESTAMP = -3;
    private static final byte UNCOMMITTED = 0;
    private static final byte COMMITTED = 1;
    private static final int CONSUMER = -1;

    private final ApiTable apis;
    private final Loop loop;
    private final ClusterImage image;
    private final Sightings sightings;

    Gathering(ApiTable apis, Loop loop, ClusterImage image, Sightings sightings) {
        this.apis = apis;
        this.loop = loop;
        this.image = image;
        this.sightings = sightings;
    }

    Facts about(String groupId, String topicName) {
        var topic = image.topic(topicName);
        var topics = new TreeMap<String, Long>();
        image.topics().stream()
                .filter(each -> !each.isInternal())
                .forEach(each -> topics.put(each.name(), sum(offsets(each, LATEST, UNCOMMITTED))));
        SortedMap<String, String> groups = groups();
        var group = groups.containsKey(groupId) ? group(groupId, groups.getOrDefault(groupId, "")) : null;
        var seen = sightings.seenOf(groupId);
        var readers = readers(group, seen);
        var facts = new Facts(
                loop.clock().wallMs(),
                groupId,
                topicName,
                topics,
                topic,
                new TreeSet<>(groups.keySet()),
                group,
                seen,
                readers,
                new TreeMap<>());
        if (topic != null) {
            partitions(facts, topic);
        }
        return facts;
    }

    private <A> A ask(Request request, int version, Function<Response, A> reading) {
        try {
            return Ask.of(apis, loop, request, version, reading).get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(request.api() + " could not be asked: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    request.api() + " was not answered in " + PATIENCE_S + " s (expected: a broker that runs)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking " + request.api(), e);
        }
    }

    private static long sum(Map<Integer, Long> offsets) {
        return offsets.values().stream().mapToLong(each -> Math.max(0, each)).sum();
    }

    private List<ReaderSighting> readers(@Nullable GroupFacts group, @Nullable GroupSighting seen) {
        var clients = new HashSet<Client>();
        if (group != null) group.members().forEach(member -> clients.add(member.client()));
        if (seen != null) clients.addAll(seen.clients());
        return sightings.readers().stream()
                .filter(reader -> clients.contains(reader.client()))
                .toList();
    }

    // ---- groups

    /** The type of each group by its id. */
    private SortedMap<String, String> groups() {
        return ask(new ListGroupsRequest(), 5, response -> {
            var found = new TreeMap<String, String>();
            ((ListGroupsResponse) response).groups.forEach(group -> found.put(group.groupId, group.groupType));
            return found;
        });
    }

    private GroupFacts group(String groupId, String type) {
        if (type.equalsIgnoreCase("consumer")) {
            var request = new ConsumerGroupDescribeRequest().setGroupIds(List.of(groupId));
            return ask(request, 1, response -> consumers(((ConsumerGroupDescribeResponse) response).groups.get(0)));
        }
        var request = new DescribeGroupsRequest().setGroups(List.of(groupId));
        return ask(request, 5, response -> classics(((DescribeGroupsResponse) response).groups.get(0)));
    }

    private static GroupFacts consumers(ConsumerGroupDescribeResponse.DescribedGroup group) {
        var members = new ArrayList<MemberFacts>();
        for (var member : group.members) {
            var assigned = new HashMap<String, Set<Integer>>();
            member.assignment.topicPartitions.forEach(
                    topic -> assigned.put(topic.topicName, new TreeSet<>(topic.partitions)));
            members.add(new MemberFacts(
                    member.memberId,
                    new Client(member.clientId, member.clientHost),
                    new TreeSet<>(member.subscribedTopicNames),
                    member.subscribedTopicRegex,
                    assigned));
        }
        return new GroupFacts(group.groupState, "consumer", members);
    }

    private static GroupFacts classics(DescribeGroupsResponse.DescribedGroup group) {
        var members = new ArrayList<MemberFacts>();
        for (var member : group.members) {
            members.add(ClassicBytes.member(member));
        }
        return new GroupFacts(group.groupState, "classic", members);
    }

    // ---- partitions

    private void partitions(Facts facts, TopicImage topic) {
        var starts = offsets(topic, EARLIEST, UNCOMMITTED);
        var ends = offsets(topic, LATEST, UNCOMMITTED);
        var stables = offsets(topic, LATEST, COMMITTED);
        var newest = timestamps(topic);
        var committed = facts.group() == null ? Map.<Integer, Long>of() : committed(facts.groupId(), topic);
        var open = open(topic);
        for (int i = 0; i < topic.partitionCount(); i++) {
            long start = starts.getOrDefault(i, 0L);
            long end = ends.getOrDefault(i, 0L);
            var reading = facts.reading(i);
            Long noted = committed.get(i);
            long from = reading != null && reading.at().firstOffset != PartitionSighting.NEVER
                    ? reading.at().firstOffset
                    : noted != null ? noted : start;
            facts.partitions()
                    .put(
                            i,
                            new PartitionFacts(
                                    i,
                                    start,
                                    end,
                                    stables.getOrDefault(i, end),
                                    newest.getOrDefault(i, -1L),
                                    noted,
                                    open.getOrDefault(i, List.of()),
                                    sample(topic.name(), i, Math.min(Math.max(from, start), end))));
        }
    }

    private Map<Integer, Long> offsets(TopicImage topic, long timestamp, byte isolation) {
        return lookUp(topic, timestamp, isolation, found -> found.offset);
    }

    private Map<Integer, Long> timestamps(TopicImage topic) {
        return lookUp(topic, MAX_TIMESTAMP, UNCOMMITTED, found -> found.timestamp);
    }

    private Map<Integer, Long> lookUp(
            TopicImage topic,
            long timestamp,
            byte isolation,
            Function<ListOffsetsResponse.ListOffsetsPartitionResponse, Long> wanted) {
        var asked = new ListOffsetsRequest.ListOffsetsTopic().setName(topic.name());
        all(topic)
                .forEach(i -> asked.partitions.add(new ListOffsetsRequest.ListOffsetsPartition()
                        .setPartitionIndex(i)
                        .setTimestamp(timestamp)));
        var request = new ListOffsetsRequest().setReplicaId(CONSUMER).setIsolationLevel(isolation);
        request.topics.add(asked);
        return ask(request, 7, response -> {
            var found = new HashMap<Integer, Long>();
            for (var each : ((ListOffsetsResponse) response).topics) {
                each.partitions.stream()
                        .filter(partition -> partition.errorCode == 0)
                        .forEach(partition -> found.put(partition.partitionIndex, wanted.apply(partition)));
            }
            return found;
        });
    }

    private static List<Integer> all(TopicImage topic) {
        return IntStream.range(0, topic.partitionCount()).boxed().toList();
    }

    private Map<Integer, Long> committed(String groupId, TopicImage topic) {
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup().setGroupId(groupId);
        var wanted = new OffsetFetchRequest.OffsetFetchRequestTopics().setName(topic.name());
        wanted.partitionIndexes = new ArrayList<>(all(topic));
        group.topics = new ArrayList<>(List.of(wanted));
        var request = new OffsetFetchRequest();
        request.groups.add(group);
        return ask(request, 9, response -> {
            var found = new HashMap<Integer, Long>();
            ((OffsetFetchResponse) response)
                    .groups.stream()
                            .flatMap(each -> each.topics.stream())
                            .flatMap(each -> each.partitions.stream())
                            .filter(partition -> partition.committedOffset >= 0)
                            .forEach(partition -> found.put(partition.partitionIndex, partition.committedOffset));
            return found;
        });
    }

    // ---- transactions

    private Map<Integer, List<OpenTransaction>> open(TopicImage topic) {
        var asked = new DescribeProducersRequest.TopicRequest().setName(topic.name());
        asked.partitionIndexes = new ArrayList<>(all(topic));
        var request = new DescribeProducersRequest();
        request.topics.add(asked);
        var begun = ask(request, 0, response -> ((DescribeProducersResponse) response)
                .topics.stream().flatMap(each -> each.partitions.stream()).toList());
        boolean isAny = begun.stream()
                .flatMap(each -> each.activeProducers.stream())
                .anyMatch(producer -> producer.currentTxnStartOffset >= 0);
        var known = isAny ? transactions() : Map.<Long, DescribeTransactionsResponse.TransactionState>of();
        var open = new HashMap<Integer, List<OpenTransaction>>();
        for (var partition : begun) {
            var here = new ArrayList<OpenTransaction>();
            for (var producer : partition.activeProducers) {
                if (producer.currentTxnStartOffset < 0) continue;
                var txn = known.get(producer.producerId);
                here.add(new OpenTransaction(
                        txn == null ? null : txn.transactionalId,
                        producer.producerId,
                        producer.currentTxnStartOffset,
                        txn == null ? producer.lastTimestamp : txn.transactionStartTimeMs,
                        txn == null ? -1 : txn.transactionTimeoutMs));
            }
            here.sort(java.util.Comparator.comparingLong(OpenTransaction::firstOffset));
            open.put(partition.partitionIndex, here);
        }
        return open;
    }

    private Map<Long, DescribeTransactionsResponse.TransactionState> transactions() {
        List<String> ids = ask(new ListTransactionsRequest(), 0, response -> ((ListTransactionsResponse) response)
                .transactionStates.stream().map(each -> each.transactionalId).toList());
        var request = new DescribeTransactionsRequest().setTransactionalIds(ids);
        return ask(request, 0, response -> {
            var found = new HashMap<Long, DescribeTransactionsResponse.TransactionState>();
            ((DescribeTransactionsResponse) response)
                    .transactionStates.forEach(each -> found.put(each.producerId, each));
            return found;
        });
    }

    private Sample sample(String topic, int partition, long from) {
        var asked = new FetchRequest.FetchPartition()
                .setPartition(partition)
                .setFetchOffset(from)
                .setPartitionMaxBytes(SAMPLE_BYTES);
        var wanted = new FetchRequest.FetchTopic().setTopic(topic);
        wanted.partitions.add(asked);
        var request = new FetchRequest()
                .setReplicaId(CONSUMER)
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(SAMPLE_BYTES)
                .setIsolationLevel(COMMITTED)
                .setSessionEpoch(-1);
        request.topics.add(wanted);
        return ask(request, 12, response -> Samples.of(((FetchResponse) response), from));
    }
}
