package dev.embeddedbroker.explain;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import dev.embeddedbroker.protocol.request.TxnOffsetCommitRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of consumers in passing, and that nobody else remembers: who fetches what from where, who asked where to
 * start, who committed what and when. The newest thousand of each; a few words a partition.
 *
 * <p><b>Owner:</b> none; any thread. The locks are leaves.
 */
public final class Sightings implements RequestFilter {

    private static final int MOST = 1_000;

    private final Map<String, ReaderSighting> readers = bounded();
    private final Map<String, GroupSighting> groups = bounded();

    static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST;
            }
        };
    }

    @Override
    public void filter(RequestContext context, Request request, Next next) {
        switch (context.api()) {
            case FETCH -> {
                var reader = reader(context);
                reader.fetches((FetchRequest) request, nowMs(context));
                next.proceed(new WatchedRequest(context, reader), request);
                return;
            }
            case LIST_OFFSETS -> {
                var reader = reader(context);
                reader.looksUp((ListOffsetsRequest) request, nowMs(context));
                next.proceed(new WatchedRequest(context, reader), request);
                return;
            }
            case JOIN_GROUP -> joins((JoinGroupRequest) request, context);
            case HEARTBEAT -> {
                var heartbeat = (HeartbeatRequest) request;
                group(heartbeat.groupId).heartbeat(heartbeat.memberId, client(context), nowMs(context));
            }
            case CONSUMER_GROUP_HEARTBEAT -> {
                var heartbeat = (ConsumerGroupHeartbeatRequest) request;
                var group = group(heartbeat.groupId);
                if (heartbeat.memberEpoch < 0) {
                    group.leaves(client(context), nowMs(context));
                } else {
                    group.heartbeat(heartbeat.memberId, client(context), nowMs(context));
                }
            }
            case LEAVE_GROUP -> group(((LeaveGroupRequest) request).groupId).leaves(client(context), nowMs(context));
            case OFFSET_COMMIT -> {
                var commit = (OffsetCommitRequest) request;
                commits(group(commit.groupId), commit, context);
            }
            case TXN_OFFSET_COMMIT -> {
                var commit = (TxnOffsetCommitRequest) request;
                var group = group(commit.groupId);
                for (var topic : commit.topics) {
                    for (var partition : topic.partitions) {
                        var place = Place.of(topic.name, topic.topicId, partition.partitionIndex);
                        group.commits(place, partition.committedOffset, client(context), nowMs(context));
                    }
                }
            }
            case OFFSET_FETCH -> {
                for (var asked : ((OffsetFetchRequest) request).groups) {
                    group(asked.groupId).isSeen(client(context));
                }
                if (!((OffsetFetchRequest) request).groupId.isEmpty()) {
                    group(((OffsetFetchRequest) request).groupId).isSeen(client(context));
                }
            }
            default -> {
                // says nothing of consumers
            }
        }
        next.proceed(context, request);
    }

    private void joins(JoinGroupRequest request, RequestContext context) {
        var group = group(request.groupId);
        group.heartbeat(request.memberId, client(context), nowMs(context));
        group.isSeen(client(context));
    }

    private static void commits(GroupSighting group, OffsetCommitRequest commit, RequestContext context) {
        for (var topic : commit.topics) {
            for (var partition : topic.partitions) {
                var place = Place.of(topic.name, topic.topicId, partition.partitionIndex);
                group.commits(place, partition.committedOffset, client(context), nowMs(context));
            }
        }
    }

    private static long nowMs(RequestContext context) {
        return context.clock().wallMs();
    }

    private static Client client(RequestContext context) {
        String id = context.clientId();
        return new Client(id == null ? "" : id, context.connection().clientHost());
    }

    private ReaderSighting reader(RequestContext context) {
        return locked(
                readers,
                () -> readers.computeIfAbsent(context.connection().id(), id -> new ReaderSighting(client(context))));
    }

    private GroupSighting group(String groupId) {
        return locked(groups, () -> groups.computeIfAbsent(groupId, id -> new GroupSighting()));
    }

    private static <T> T locked(Object lock, Supplier<T> work) {
        synchronized (lock) {
            return work.get();
        }
    }

    /** What was seen of a group; null if nothing was. */
    @Nullable
    GroupSighting seenOf(String groupId) {
        synchronized (groups) {
            return groups.get(groupId);
        }
    }

    /** The connections that read, oldest first. */
    List<ReaderSighting> readers() {
        synchronized (readers) {
            return new ArrayList<>(readers.values());
        }
    }

    /** Forgets all of it. */
    public void clear() {
        synchronized (readers) {
            readers.clear();
        }
        synchronized (groups) {
            groups.clear();
        }
    }
}
