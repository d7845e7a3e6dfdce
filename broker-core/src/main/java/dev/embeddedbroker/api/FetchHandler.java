package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.partition.FetchItem;
import dev.embeddedbroker.partition.FetchSessions;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.response.FetchResponse;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetch (key 1): reads records of some partitions, waiting a while for enough of them.
 *
 * <ul>
 *   <li>Sessions (KIP-227, from v7): see {@link FetchSessions}. A session belongs to one loop, and its requests are
 *       answered there, whichever connection they came over.
 *   <li>From v13 on topics come by id (KIP-516): UNKNOWN_TOPIC_ID where there is none.
 *   <li>The first partition that has records gives at least one whole batch, however large (KIP-74); what follows keeps
 *       within the limits. Nothing to read is zero bytes, never null.
 *   <li>Readers of committed records stop at the last stable offset and get the aborted transactions (KIP-98).
 *   <li>Epochs are checked (KIP-320), and a log that diverges is told where (KIP-595, from v12).
 *   <li>The request waits for min.bytes up to max.wait, but not while the client waits to send its next request.
 *   <li>Not done: reading from a follower is never proposed (KIP-392); no tiered storage.
 * </ul>
 *
 * <p><b>Owner:</b> none; the sessions are each owned by their loop.
 */
public final class FetchHandler implements ApiHandler<FetchRequest> {

    private static final Logger log = LoggerFactory.getLogger(FetchHandler.class);

    static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;
    private static final short FIRST_VERSION_WITH_REPLICA_STATE = 15;
    private static final short FIRST_VERSION_READING_FOLLOWERS = 11;
    static final int CONSUMER = -1;

    private final Partitions partitions;
    private final MetadataView metadata;
    private final LoopGroup loops;
    private final int fetchMaxBytes;
    private final FetchSessions[] sessions;

    /**
     * @param partitions this broker's partitions
     * @param metadata where topics by id and the leaders of other partitions are looked up
     * @param loops the broker's loops; each gets its share of the sessions
     * @param fetchMaxBytes {@code fetch.max.bytes} of the broker
     * @param maxSessions {@code max.incremental.fetch.session.cache.slots} of the broker
     * @param random gives session ids
     */
    public FetchHandler(
            Partitions partitions,
            MetadataView metadata,
            LoopGroup loops,
            int fetchMaxBytes,
            int maxSessions,
            RandomGenerator random) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.loops = loops;
        this.fetchMaxBytes = fetchMaxBytes;
        this.sessions = new FetchSessions[loops.size()];
        for (int i = 0; i < sessions.length; i++) {
            var ids = new SplittableRandom(random.nextLong());
            sessions[i] = new FetchSessions(loops.get(i), loops.size(), maxSessions, ids);
        }
    }

    @Override
    public void handle(RequestContext context, FetchRequest request) {
        Loop here = context.loop();
        int owner = FetchSessions.ownerOf(request.sessionId, loops.size());
        if (owner < 0 || loops.get(owner) == here) {
            serve(here, context, request);
        } else if (FetchSessions.isFull(request)) {
            loops.get(owner).execute(() -> sessions[owner].close(request.sessionId));
            serve(here, context, request);
        } else {
            loops.get(owner).execute(() -> serveAway(loops.get(owner), context, request));
        }
    }

    private void serveAway(Loop home, RequestContext context, FetchRequest request) {
        try {
            serve(home, context, request);
        } catch (RuntimeException | Error e) {
            // away from the connection's loop the router does not see what a handler throws
            log.error("Fetch failed", e);
            context.reply(refuse(request, context.version(), ErrorCode.UNKNOWN_SERVER_ERROR, null));
        }
    }

    private void serve(Loop home, RequestContext context, FetchRequest request) {
        boolean byFollower = replicaId(context, request) >= 0;
        var plan = sessions[home.index()].begin(
                request, context.version(), byFollower, home.clock().wallMs());
        if (plan.error() != ErrorCode.NONE) {
            context.reply(new FetchResponse().setErrorCode(plan.error().id()));
            return;
        }
        if (byFollower) context.charge().waive();
        long most = byFollower ? Long.MAX_VALUE : context.charge().mostToFetch();
        var limits = FetchLimits.of(request, (int) Math.min(fetchMaxBytes, most));
        var reader = readerOf(context, request);
        var operation = new FetchOperation(home, context, plan, limits, reader, metadata);
        for (FetchItem item : plan.items()) {
            operation.add(resolve(item, context.version(), reader));
        }
        operation.start();
    }

    private FetchRead resolve(FetchItem item, short version, FetchRead.Reader reader) {
        boolean byId = version >= FIRST_VERSION_WITH_TOPIC_IDS;
        Partition partition =
                byId ? partitions.find(item.topicId(), item.index()) : partitions.find(item.topicName(), item.index());
        if (partition != null) return FetchRead.of(item, partition, reader);
        if (byId && metadata.image().topic(item.topicId()) == null) {
            return FetchRead.unknown(item, ErrorCode.UNKNOWN_TOPIC_ID);
        }
        ErrorCode absence = byId
                ? partitions.whyAbsent(item.topicId(), item.index())
                : partitions.whyAbsent(item.topicName(), item.index());
        return absence == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                ? FetchRead.unknown(item, absence)
                : FetchRead.failed(item, absence);
    }

    private static FetchRead.Reader readerOf(RequestContext context, FetchRequest request) {
        int replicaId = replicaId(context, request);
        boolean leaderOnly =
                replicaId >= 0 || (replicaId == CONSUMER && context.version() < FIRST_VERSION_READING_FOLLOWERS);
        var isolation = dev.embeddedbroker.partition.Isolation.of(replicaId, request.isolationLevel);
        return new FetchRead.Reader(replicaId, isolation, leaderOnly, context);
    }

    private static int replicaId(RequestContext context, FetchRequest request) {
        return context.version() < FIRST_VERSION_WITH_REPLICA_STATE || request.replicaState == null
                ? request.replicaId
                : request.replicaState.replicaId;
    }

    @Override
    public Response refuse(FetchRequest request, short version, ErrorCode code, @Nullable String message) {
        return FetchAnswers.refuse(request, version, code);
    }
}
