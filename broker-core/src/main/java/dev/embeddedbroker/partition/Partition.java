package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.RecordError;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.AppendResult;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.segment.CorruptBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition on this broker: its log, its part in the cluster (leader or follower, in which epoch), and how far its
 * records are safe (the high watermark). Everything that reads or appends passes here and is gated by these.
 *
 * <p>A partition whose disk fails goes offline: it answers KAFKA_STORAGE_ERROR from then on, and the others go on.
 *
 * <p>What waits for a partition is woken in a later turn of its loop, once per turn, so that a request which appends to
 * several partitions is over before those who wait read them.
 *
 * <p><b>Owner:</b> {@link #loop}; only what identifies it may be asked by any thread.
 */
public final class Partition {

    private static final Logger logger = LoggerFactory.getLogger(Partition.class);

    /** {@code requiredAcks} of a producer that waits for all in-sync replicas. */
    public static final short ACKS_ALL = -1;
    /** The offset in DeleteRecords that stands for the high watermark. */
    public static final long AT_HIGH_WATERMARK = -1;

    private enum State {
        ONLINE,
        OFFLINE,
        GONE
    }

    private final String topic;
    private final Uuid topicId;
    private final int index;
    private final Loop loop;
    private final int self;
    private PartitionLog log;
    private final InSyncReplicas replicas;
    private final FetchWaiter.Watches watches = new FetchWaiter.Watches();
    private final AckWaits ackWaits = new AckWaits();
    private final AckWaits flushWaits = new AckWaits();
    private LogFlushes flushes;
    private final Runnable wake = this::wake;

    private PartitionSettings settings;
    private State state = State.ONLINE;
    private int leader = PartitionImage.NO_LEADER;
    private int leaderEpoch = -1;
    private int version;
    private long highWatermark;
    private long epochStartOffset;
    private boolean wakeQueued;
    private final PartitionNews news = new PartitionNews(this);
    private @Nullable Consumer<Partition> offline;
    private Flusher flusher = Flusher.INLINE;
    private final LogMoves moves = new LogMoves(this);

    Partition(
            String topic,
            Uuid topicId,
            int index,
            Loop loop,
            int self,
            PartitionLog log,
            long notedHighWatermark,
            PartitionSettings settings) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = index;
        this.loop = loop;
        this.self = self;
        this.log = log;
        this.settings = settings;
        this.replicas = new InSyncReplicas(self);
        this.flushes = new LogFlushes(loop, log, this::flushed, this::takeOffline);
        this.highWatermark = Math.min(Math.max(log.startOffset(), notedHighWatermark), log.endOffset());
    }

    // ---- who it is: any thread

    public String topic() {
        return topic;
    }

    public Uuid topicId() {
        return topicId;
    }

    public int index() {
        return index;
    }

    /** The loop that owns it, and the only one that may call what follows. */
    public Loop loop() {
        return loop;
    }

    // ---- how it stands

    public boolean isLeader() {
        return state == State.ONLINE && leader == self;
    }

    /** Whether it was deleted or closed. */
    public boolean isGone() {
        return state == State.GONE;
    }

    public boolean isOffline() {
        return state == State.OFFLINE;
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** Goes up with every change of leadership or state, but not with appends. */
    public int version() {
        return version;
    }

    /** What is before it, every in-sync replica has. */
    public long highWatermark() {
        return highWatermark;
    }

    /** The first offset a transaction that is not decided yet may be at; the high watermark if there is none. */
    public long lastStableOffset() {
        return log.lastStableOffset(highWatermark);
    }

    public long startOffset() {
        return log.startOffset();
    }

    public long endOffset() {
        return log.endOffset();
    }

    /** Bytes of its log. */
    public long sizeBytes() {
        return log.sizeBytes();
    }

    /** The producers a leader remembers. */
    public DescribedProducers producers() {
        loop.requireInside();
        ErrorCode closed = refusal();
        return new DescribedProducers(closed, closed == ErrorCode.NONE ? log.producers() : List.of());
    }

    /** The offset a reader of {@code isolation} stops before. */
    public long bound(Isolation isolation) {
        return switch (isolation) {
            case LOG_END -> log.endOffset();
            case HIGH_WATERMARK -> highWatermark;
            case LAST_STABLE -> lastStableOffset();
        };
    }

    public PartitionSettings settings() {
        return settings;
    }

    PartitionLog log() {
        return log;
    }

    FetchWaiter.Watches watches() {
        return watches;
    }

    // ---- appending

    /**
     * Appends what a producer or a coordinator sent, if this broker leads the partition. Never throws for what the
     * sender or the disk did wrong.
     */
    public AppendOutcome append(ByteBuffer records, AppendOrigin origin, int requiredAcks) {
        long nowMs = loop.clock().wallMs();
        return append(
                records,
                origin == AppendOrigin.CLIENT
                        ? AppendOptions.client(leaderEpoch, nowMs)
                                .withClientsAhead(loop.clock().clientsAheadMs())
                        : AppendOptions.coordinator(leaderEpoch, nowMs),
                requiredAcks);
    }

    /** The same with options of one's own; their leader epoch must be {@link #leaderEpoch} or the append is fenced. */
    public AppendOutcome append(ByteBuffer records, AppendOptions options, int requiredAcks) {
        loop.requireInside();
        ErrorCode closed = refusal();
        if (closed != ErrorCode.NONE) return AppendOutcome.failed(closed, null);
        if (options.leaderEpoch() != leaderEpoch) {
            return AppendOutcome.failed(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    "leader epoch is " + options.leaderEpoch() + " (expected: " + leaderEpoch + ")");
        }
        if (requiredAcks == ACKS_ALL && replicas.isrSize() < minIsr()) {
            return refused(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    this + " has " + replicas.isrSize() + " in-sync replicas " + replicas.isr() + " (expected: >= "
                            + minIsr() + ")",
                    List.of());
        }
        try {
            long from = log.endOffset();
            AppendResult result = log.append(records, options);
            if (!result.duplicate()) flushes.appended(from);
            advance();
            return new AppendOutcome(
                    ErrorCode.NONE,
                    null,
                    result.firstOffset(),
                    result.lastOffset(),
                    result.appendTimeMs(),
                    result.logStartOffset(),
                    List.of());
        } catch (RecordsRefused e) {
            return refused(Refusals.errorOf(e.reason()), e.getMessage(), e.recordErrors());
        } catch (StorageException e) {
            takeOffline(e);
            return AppendOutcome.failed(ErrorCode.KAFKA_STORAGE_ERROR, e.getMessage());
        }
    }

    /**
     * Begins to find out whether a producer's transaction may write here, where it has not written yet (KIP-890).
     *
     * @param hasEpochPerTransaction whether each transaction of the producer has an epoch of its own
     */
    public Verification verify(long producerId, short epoch, int sequence, boolean hasEpochPerTransaction) {
        loop.requireInside();
        ErrorCode closed = refusal();
        if (closed != ErrorCode.NONE) return new Verification(closed, null, 0);
        try {
            long nowMs = loop.clock().wallMs();
            return new Verification(
                    ErrorCode.NONE,
                    null,
                    log.beginVerification(producerId, sequence, epoch, hasEpochPerTransaction, nowMs));
        } catch (RecordsRefused e) {
            return new Verification(Refusals.errorOf(e.reason()), e.getMessage(), 0);
        }
    }

    /** As in Kafka, a topic with fewer replicas than it asks to be in sync asks for all it has. */
    private int minIsr() {
        return Math.min(settings.minInsyncReplicas(), replicas.replicaCount());
    }

    private ErrorCode coveredBy() {
        return replicas.isrSize() < minIsr() ? ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND : ErrorCode.NONE;
    }

    private AppendOutcome refused(ErrorCode error, @Nullable String message, List<RecordError> recordErrors) {
        long start = Refusals.tellsStartOffset(error) ? log.startOffset() : -1;
        return new AppendOutcome(error, message, -1, -1, -1, start, recordErrors);
    }

    /**
     * Appends with acks=-1 and says how it went once the high watermark covers it, or it failed: the door of
     * coordinators. {@code then} runs on the loop, inside this call if nobody else must copy the records.
     */
    public void appendThen(ByteBuffer records, AppendOrigin origin, Consumer<AppendOutcome> then) {
        var outcome = append(records, origin, ACKS_ALL);
        if (!outcome.isAppended()) {
            then.accept(outcome);
        } else {
            whenCovered(
                    outcome.lastOffset() + 1,
                    error -> then.accept(error == ErrorCode.NONE ? outcome : AppendOutcome.failed(error, null)));
        }
    }

    /**
     * Runs {@code then} once the high watermark is {@code endOffset} or more: at once if it is, else in a later turn of
     * the loop. It gets an error if this broker stops leading the partition first.
     */
    public void whenCovered(long endOffset, Consumer<ErrorCode> then) {
        loop.requireInside();
        ErrorCode closed = refusal();
        if (closed != ErrorCode.NONE) {
            then.accept(closed);
        } else if (highWatermark >= endOffset) {
            then.accept(ErrorCode.NONE);
        } else {
            ackWaits.add(endOffset, then);
        }
    }

    /** Whether what is before {@code endOffset} is flushed, as far as {@code flush.messages} asks for it. */
    public boolean isWritten(long endOffset) {
        return flushes.writtenEnd() >= endOffset;
    }

    /** As {@link #whenCovered}, once {@link #isWritten} holds, whatever followers have: what acks=1 waits for. */
    public void whenWritten(long endOffset, Consumer<ErrorCode> then) {
        loop.requireInside();
        ErrorCode closed = refusal();
        if (closed != ErrorCode.NONE) {
            then.accept(closed);
        } else if (isWritten(endOffset)) {
            then.accept(ErrorCode.NONE);
        } else {
            flushWaits.add(endOffset, then);
        }
    }

    /** A follower fetched from {@code endOffset}; the high watermark may rise. */
    public void followerFetched(int broker, long endOffset, long startOffset) {
        loop.requireInside();
        if (!isLeader()) return;
        replicas.followerFetched(broker, endOffset, startOffset);
        advance();
    }

    /** Whether the cluster's image names {@code broker} among the replicas. */
    public boolean isReplica(int broker) {
        return replicas.isReplica(broker);
    }

    // ---- reading
    /** Reads whole batches up to the bound of the reader's isolation. Never throws for what the reader or the disk did wrong. */
    public ReadOutcome read(ReadSpec spec) {
        loop.requireInside();
        ErrorCode fenced = fence(spec.leaderEpoch(), spec.leaderOnly());
        if (fenced != ErrorCode.NONE) return ReadOutcome.failed(fenced);
        try {
            return LogReads.read(this, spec);
        } catch (CorruptBatch e) {
            logger.warn("{} cannot be read at offset {}: {}", this, spec.fromOffset(), e.getMessage());
            return ReadOutcome.failed(ErrorCode.CORRUPT_MESSAGE);
        } catch (StorageException e) {
            takeOffline(e);
            return ReadOutcome.failed(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /**
     * Looks up an offset by timestamp, or by one of the negative numbers of ListOffsets.
     *
     * @param isolation how far the asker may see; {@link Isolation#LOG_END} if it is no consumer
     */
    public OffsetOutcome listOffset(long timestamp, Isolation isolation, int currentLeaderEpoch, boolean leaderOnly) {
        loop.requireInside();
        ErrorCode fenced = fence(currentLeaderEpoch, leaderOnly);
        if (fenced != ErrorCode.NONE) return OffsetOutcome.failed(fenced);
        try {
            return LogReads.listOffset(this, timestamp, isolation);
        } catch (CorruptBatch e) {
            logger.warn("{} cannot be searched: {}", this, e.getMessage());
            return OffsetOutcome.failed(ErrorCode.CORRUPT_MESSAGE);
        } catch (StorageException e) {
            takeOffline(e);
            return OffsetOutcome.failed(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /** The end of {@code requestedEpoch}, or of the newest epoch before it (KIP-320). */
    public OffsetOutcome epochEnd(int currentLeaderEpoch, int requestedEpoch) {
        loop.requireInside();
        ErrorCode fenced = fence(currentLeaderEpoch, true);
        if (fenced != ErrorCode.NONE) return OffsetOutcome.failed(fenced);
        return LogReads.epochEnd(this, requestedEpoch);
    }

    /** Why a request of somebody who believes in {@code epoch} cannot be served, or NONE. */
    private ErrorCode fence(int epoch, boolean leaderOnly) {
        if (state == State.OFFLINE) return ErrorCode.KAFKA_STORAGE_ERROR;
        if (state == State.GONE) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        if (epoch != ReadSpec.ANY_EPOCH) {
            if (epoch < leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH;
            if (epoch > leaderEpoch) return ErrorCode.UNKNOWN_LEADER_EPOCH;
        }
        return leaderOnly && leader != self ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.NONE;
    }

    /** Whether the high watermark has not yet reached what was there when this leader's epoch began. */
    boolean lagsBehindItsEpoch() {
        return isLeader() && epochStartOffset > highWatermark;
    }

    /** Why a leader's work cannot be done here, or NONE. */
    private ErrorCode refusal() {
        return fence(ReadSpec.ANY_EPOCH, true);
    }

    // ---- deleting records

    /** Deletes the records before {@code before}, or before the high watermark if it is {@link #AT_HIGH_WATERMARK}. */
    public DeleteOutcome deleteRecords(long before) {
        loop.requireInside();
        ErrorCode closed = refusal();
        if (closed != ErrorCode.NONE) return DeleteOutcome.failed(closed);
        if (settings.log().compact() && !settings.log().delete())
            return DeleteOutcome.failed(ErrorCode.POLICY_VIOLATION);
        long newStart = before == AT_HIGH_WATERMARK ? highWatermark : before;
        if (newStart < 0 || newStart > highWatermark) return DeleteOutcome.failed(ErrorCode.OFFSET_OUT_OF_RANGE);
        try {
            if (newStart > log.startOffset())
                log.deleteRecordsBefore(newStart, loop.clock().wallMs());
            news.tell();
            return new DeleteOutcome(ErrorCode.NONE, replicas.lowWatermark(log.startOffset()), newStart);
        } catch (StorageException e) {
            takeOffline(e);
            return DeleteOutcome.failed(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    // ---- what the log itself needs

    /**
     * Runs {@code work} on the log, as retention, compaction and flushing need it; not when it is gone or offline. A disk
     * that fails takes the partition offline.
     */
    public void onLog(Consumer<PartitionLog> work) {
        loop.requireInside();
        if (state != State.ONLINE) return;
        try {
            work.accept(log);
        } catch (CorruptBatch e) {
            logger.warn("{} could not be looked after: {}", this, e.getMessage());
        } catch (StorageException e) {
            takeOffline(e);
        }
    }

    /** Begins to make the log durable, off this loop. */
    public void flush() {
        onLog(unflushed -> flushes.flush());
    }

    void flushBy(Flusher newFlusher) {
        flusher = newFlusher;
        flushes.runBy(newFlusher);
    }

    // ---- moving into another log directory

    /** Begins to move, or ends a move when there is nowhere to go. */
    void moveTo(@Nullable LogDirectory to, LogDirectory from, Runnable moved) {
        loop.requireInside();
        if (state == State.ONLINE) moves.begin(to, from, flusher, moved);
    }

    /** How it moves between log directories. */
    public LogMoves moves() {
        return moves;
    }

    LogFlushes flushes() {
        return flushes;
    }

    /** Goes on with another log, which has the same records. */
    void replaceLog(PartitionLog same) {
        same.openBatchesAs(log);
        log = same;
        flushes = new LogFlushes(loop, same, this::flushed, this::takeOffline);
        flushes.runBy(flusher);
        if (same.latestEpoch() < leaderEpoch) same.beginEpoch(leaderEpoch);
        news.tell();
    }

    /** Has {@code listener} told, in a later turn of this loop, when the disk takes this partition offline. */
    void onOffline(Consumer<Partition> listener) {
        offline = listener;
    }

    /** Who is told of changes, and who reads. */
    public PartitionNews news() {
        return news;
    }

    /** The next change is news again to who looks after the log. */
    public void tellActivityAgain() {
        news.tellActivityAgain();
    }

    // ---- changes of role and state

    /** Takes over what the controller decided; returns whether this broker began to lead or stopped leading. */
    RoleChange decide(PartitionImage image) {
        loop.requireInside();
        boolean wasLeader = isLeader();
        int oldEpoch = leaderEpoch;
        boolean newEpoch = image.leaderEpoch() != leaderEpoch;
        if (newEpoch || image.leader() != leader) version++;
        leader = image.leader();
        leaderEpoch = image.leaderEpoch();
        replicas.decide(image.replicas(), image.isr(), newEpoch);
        if (state != State.ONLINE) return RoleChange.NONE;
        if (isLeader()) {
            if (newEpoch) beginEpoch();
            advance();
        } else {
            answerWaits(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        queueWake();
        return new RoleChange(
                wasLeader && (newEpoch || !isLeader()) ? oldEpoch : -1, isLeader() && newEpoch ? leaderEpoch : -1);
    }

    private void beginEpoch() {
        epochStartOffset = log.endOffset();
        log.beginEpoch(leaderEpoch);
    }

    void reconfigure(PartitionSettings newSettings) {
        loop.requireInside();
        settings = newSettings;
        if (state == State.ONLINE) log.updateOptions(newSettings.log());
        news.tell();
    }

    private void takeOffline(StorageException cause) {
        log.fail(cause);
        if (state != State.ONLINE) return;
        logger.error("{} goes offline: its disk failed", this, cause);
        end(State.OFFLINE, ErrorCode.KAFKA_STORAGE_ERROR);
        if (offline != null) loop.execute(() -> Objects.requireNonNull(offline).accept(this));
    }

    /** Answers those who wait and lets nobody in any more; the log is the caller's to close or delete. */
    RoleChange leave() {
        loop.requireInside();
        int resigned = isLeader() ? leaderEpoch : -1;
        end(State.GONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        return new RoleChange(resigned, -1);
    }

    private void end(State newState, ErrorCode error) {
        state = newState;
        version++;
        moves.end();
        answerWaits(error);
        watches.fireOutdated();
        news.tellChange();
    }

    private void answerWaits(ErrorCode error) {
        ackWaits.answerAll(error);
        flushWaits.answerAll(error);
    }

    // ---- waking

    private void flushed() {
        if (state == State.ONLINE) advance();
    }

    private void advance() {
        news.tell();
        highWatermark = Math.max(highWatermark, replicas.commonEnd(flushes.writtenEnd(), highWatermark));
        queueWake();
    }

    private void queueWake() {
        if (wakeQueued || (watches.isEmpty() && ackWaits.isEmpty() && flushWaits.isEmpty())) return;
        wakeQueued = true;
        loop.execute(wake);
    }

    private void wake() {
        wakeQueued = false;
        watches.fireOutdated();
        flushWaits.answer(flushes.writtenEnd(), ErrorCode.NONE);
        ackWaits.answer(highWatermark, coveredBy());
    }

    @Override
    public String toString() {
        return topic + "-" + index;
    }
}
