package dev.embeddedbroker.storage.batch;

import static dev.embeddedbroker.storage.batch.RefusalReason.CORRUPT_MESSAGE;
import static dev.embeddedbroker.storage.batch.RefusalReason.INVALID_RECORD;
import static dev.embeddedbroker.storage.batch.RefusalReason.MESSAGE_TOO_LARGE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The gate that records pass on their way into a log: what Apache Kafka 4.4 refuses is refused, for the same reason; what passes gets its offsets,
 * its leader epoch and, when the topic says so, its timestamp and its compression.
 *
 * <p>Batches are stamped where they lie, so the buffer given is changed; only batches that are stored in another compression than they came in are
 * made anew. After a refusal the bytes are of no use.
 *
 * <p><b>Owner:</b> one thread.
 */
public final class BatchCheck {
    /*
     * In this order, as the first rule broken is the one that is answered:
     *
     *   frame      whole batches; a piece of one at the end is cut off                       CORRUPT_MESSAGE
     *   shape      one batch, magic 2 (clients)                                              INVALID_RECORD
     *   header     base offset 0 (clients)                                                   INVALID_RECORD
     *              size against max.message.bytes (clients)                                  MESSAGE_TOO_LARGE
     *              checksum                                                                  CORRUPT_MESSAGE
     *              compression known                                                         UNSUPPORTED_COMPRESSION_TYPE
     *              count = last offset delta + 1, no control batch, a sequence with a producer id (clients)
     *                                                                                        INVALID_RECORD
     *   records    each parses, together they fill the batch                                 INVALID_RECORD
     *              key on compacted topics, timestamp in bounds, timestamp type              INVALID_RECORD, INVALID_TIMESTAMP
     *   result     size after new compression (clients)                                      MESSAGE_TOO_LARGE
     *
     * Of a compressed batch whose library is missing here, the records are not looked at, unless it is to be compressed anew: checksum and header
     * vouch for it, keys and single timestamps are not checked.
     *
     * Offsets within an uncompressed batch are not compared with the places of its records: Kafka does not either.
     */

    /** The smallest length field Kafka takes for a batch of any magic. */
    private static final int SMALLEST_LENGTH = 14;

    private static final int NO_BATCH = -1;

    private final RecordBatchView batch = RecordBatchView.of(ByteBuffer.allocate(0));
    private final @Nullable BatchOpener opener;

    /** A check that opens each compressed batch anew. */
    public BatchCheck() {
        this(null);
    }

    /** @param opener of the thread that checks, for all of its checks */
    public BatchCheck(@Nullable BatchOpener opener) {
        this.opener = opener;
    }

    /**
     * Checks the records between the buffer's position and limit and stamps them.
     *
     * @param records a writable buffer
     * @param nextOffset the offset the first record gets; for a replica, unused
     * @param leaderEpoch the epoch of the leader that appends; a replica takes no batch of a later one
     * @throws RecordsRefused with the reason, when they are not to be written
     */
    public CheckedRecords check(
            ByteBuffer records, AppendOrigin origin, BatchRules rules, long nextOffset, int leaderEpoch, long nowMs) {
        int end = frame(records, origin);
        if (origin == AppendOrigin.REPLICA) {
            return checkReplica(records, end, leaderEpoch);
        }
        return new LeaderAppend(origin, rules, leaderEpoch, nowMs).run(records, end, nextOffset);
    }

    // ---- frame

    /** Where the last whole batch ends. */
    private int frame(ByteBuffer records, AppendOrigin origin) {
        int at = records.position();
        int batches = 0;
        while (true) {
            int size = sizeOfBatchAt(records, at);
            if (size == NO_BATCH) {
                break;
            }
            batches++;
            byte magic = records.get(at + RecordBatchView.MAGIC);
            if (magic != RecordBatchView.CURRENT_MAGIC) {
                throw new RecordsRefused(
                        INVALID_RECORD, "The batch has magic " + magic + " (expected: 2, the format since Kafka 0.11)");
            }
            if (batches > 1 && origin == AppendOrigin.CLIENT) {
                throw new RecordsRefused(
                        INVALID_RECORD, "More than one batch was sent for the partition (expected: 1)");
            }
            if (size < RecordBatchView.RECORDS) {
                throw corrupt("a batch of " + size + " bytes (expected: at least " + RecordBatchView.RECORDS + ')');
            }
            at += size;
        }
        if (batches == 0) {
            throw new RecordsRefused(
                    INVALID_RECORD,
                    "No whole batch was sent for the partition in " + records.remaining()
                            + " bytes (expected: 1 batch)");
        }
        return at;
    }

    private static int sizeOfBatchAt(ByteBuffer records, int at) {
        int left = records.limit() - at;
        if (left < RecordBatchView.LENGTH_PREFIX_BYTES) {
            return NO_BATCH;
        }
        int length = records.getInt(at + RecordBatchView.LENGTH);
        if (length < SMALLEST_LENGTH) {
            throw corrupt("a batch claims a length of " + length + " (expected: at least " + SMALLEST_LENGTH + ')');
        }
        if (left <= RecordBatchView.MAGIC) {
            return NO_BATCH;
        }
        byte magic = records.get(at + RecordBatchView.MAGIC);
        if (magic < 0 || magic > RecordBatchView.CURRENT_MAGIC) {
            throw corrupt("a batch has magic " + magic + " (expected: " + RecordBatchView.CURRENT_MAGIC + ')');
        }
        return length > left - RecordBatchView.LENGTH_PREFIX_BYTES
                ? NO_BATCH
                : length + RecordBatchView.LENGTH_PREFIX_BYTES;
    }

    private void requireCrc() {
        if (!batch.crcMatches()) {
            throw corrupt("the batch has checksum 0x" + Integer.toHexString(batch.crc()) + ", its bytes have 0x"
                    + Integer.toHexString(batch.computeCrc()));
        }
    }

    private static RecordsRefused corrupt(String what) {
        return new RecordsRefused(CORRUPT_MESSAGE, "Records are corrupt: " + what);
    }

    static RecordsRefused tooLarge(String what, int maxBytes) {
        return new RecordsRefused(MESSAGE_TOO_LARGE, what + " (max.message.bytes: " + maxBytes + ')');
    }

    // ---- replica

    private CheckedRecords checkReplica(ByteBuffer records, int end, int leaderEpoch) {
        int at = records.position();
        int batches = 0;
        int count = 0;
        long firstOffset = -1;
        long lastOffset = -1;
        long maxTimestamp = RecordBatchView.NO_TIMESTAMP;
        long offsetOfMax = -1;
        while (at < end) {
            batch.at(records, at);
            if (batch.partitionLeaderEpoch() > leaderEpoch) {
                break; // written by a leader this replica has not heard of yet: it asks again when it has
            }
            requireCrc();
            if (batches > 0 && batch.lastOffset() <= lastOffset) {
                throw new RecordsRefused(
                        INVALID_RECORD,
                        "Offsets of batches do not rise: " + batch.lastOffset() + " comes after " + lastOffset);
            }
            firstOffset = batches == 0 ? batch.baseOffset() : firstOffset;
            lastOffset = batch.lastOffset();
            if (batch.maxTimestamp() > maxTimestamp) {
                maxTimestamp = batch.maxTimestamp();
                offsetOfMax = lastOffset;
            }
            count += batch.recordCount();
            batches++;
            at = batch.nextBatchPosition();
        }
        ByteBuffer taken = records.duplicate().limit(at);
        return new CheckedRecords(
                taken, batches, count, firstOffset, lastOffset, maxTimestamp, offsetOfMax, -1, false, false);
    }

    // ---- leader

    /** One append by the partition's leader. */
    private final class LeaderAppend {
        private final AppendOrigin origin;
        private final BatchRules rules;
        private final int leaderEpoch;
        private final long nowMs;
        private @Nullable ByteSink rewritten;
        private boolean walked = true;
        private int batches;
        private int count;
        private long maxTimestamp = RecordBatchView.NO_TIMESTAMP;
        private long offsetOfMax = -1;

        LeaderAppend(AppendOrigin origin, BatchRules rules, int leaderEpoch, long nowMs) {
            this.origin = origin;
            this.rules = rules;
            this.leaderEpoch = leaderEpoch;
            this.nowMs = nowMs;
        }

        CheckedRecords run(ByteBuffer records, int end, long firstOffset) {
            int at = records.position();
            long nextOffset = firstOffset;
            while (at < end) {
                batch.at(records, at);
                at = batch.nextBatchPosition();
                checkHeader();
                nextOffset = takeBatch(records, nextOffset);
                batches++;
            }
            ByteBuffer result = rewritten == null ? records.duplicate().limit(end) : rewritten.toByteBuffer();
            return new CheckedRecords(
                    result,
                    batches,
                    count,
                    firstOffset,
                    nextOffset - 1,
                    maxTimestamp,
                    offsetOfMax,
                    rules.logAppendTime() ? nowMs : RecordBatchView.NO_TIMESTAMP,
                    rewritten != null,
                    walked);
        }

        private void checkHeader() {
            boolean client = origin == AppendOrigin.CLIENT;
            if (client && batch.baseOffset() != 0) {
                throw invalid("base offset " + batch.baseOffset() + " (expected: 0, the log assigns offsets)");
            }
            if (client && batch.sizeBytes() > rules.maxMessageBytes()) {
                throw tooLarge("The batch is " + batch.sizeBytes() + " bytes", rules.maxMessageBytes());
            }
            requireCrc();
            batch.compression(); // refuses ids that name none
            if (!client) {
                return;
            }
            long countByOffsets = batch.lastOffsetDelta() + 1L;
            if (countByOffsets <= 0) {
                throw invalid("last offset delta " + batch.lastOffsetDelta() + " (expected: 0 or more)");
            }
            if (batch.recordCount() <= 0) {
                throw invalid("record count " + batch.recordCount() + " (expected: 1 or more)");
            }
            if (batch.recordCount() != countByOffsets) {
                throw invalid("record count " + batch.recordCount() + " (expected: " + countByOffsets
                        + ", one more than its last offset delta)");
            }
            if (batch.isControl()) {
                throw invalid("the control flag, which only brokers may set");
            }
            if (batch.hasProducerId() && batch.baseSequence() < 0) {
                throw invalid("sequence " + batch.baseSequence() + " with producer id " + batch.producerId()
                        + " (expected: 0 or more)");
            }
        }

        private static RecordsRefused invalid(String what) {
            return new RecordsRefused(INVALID_RECORD, "The batch has " + what);
        }

        private long takeBatch(ByteBuffer records, long nextOffset) {
            Compression source = batch.compression();
            Compression wanted = rules.compression();
            if (wanted == null || wanted == source || batch.isControl()) {
                return takeInPlace(source, nextOffset);
            }
            if (rewritten == null) {
                rewritten = new ByteSink(Math.max(512, batch.sizeBytes()));
                rewritten.write(records.slice(records.position(), batch.position() - records.position()));
            }
            return takeRewritten(rewritten, wanted, nextOffset);
        }

        private long takeInPlace(Compression source, long nextOffset) {
            RecordCheck check = new RecordCheck(batch, rules, nowMs);
            long max;
            if (source == Compression.NONE) {
                walkUncompressed(check);
                max = check.maxTimestamp();
            } else if (walkCompressed(source, check)) {
                max = check.maxTimestamp();
            } else {
                walked = false;
                max = batch.maxTimestamp();
            }
            check.refuseIfAnyIsWrong();
            long next = nextOffset + batch.lastOffsetDelta() + 1;
            batch.setBaseOffset(nextOffset);
            batch.setPartitionLeaderEpoch(leaderEpoch);
            batch.setMaxTimestamp(rules.logAppendTime(), rules.logAppendTime() ? nowMs : max);
            if (rewritten != null) {
                rewritten.write(batch.slice());
            }
            count(batch.recordCount(), rules.logAppendTime() ? nowMs : max, next - 1);
            return next;
        }

        private long takeRewritten(ByteSink to, Compression wanted, long nextOffset) {
            RecordCheck check = new RecordCheck(batch, rules, nowMs);
            int maxBytes = origin == AppendOrigin.CLIENT ? rules.maxMessageBytes() : Integer.MAX_VALUE - 8;
            ByteBuffer made = new Recompressor(batch, check, rules, maxBytes)
                    .run(wanted, rules.compressionLevel(), nextOffset, leaderEpoch, nowMs);
            to.write(made);
            long next = nextOffset + check.recordCount();
            count(check.recordCount(), rules.logAppendTime() ? nowMs : check.maxTimestamp(), next - 1);
            return next;
        }

        private void count(int records, long batchMaxTimestamp, long lastOffset) {
            count += records;
            if (batchMaxTimestamp > maxTimestamp) {
                maxTimestamp = batchMaxTimestamp;
                offsetOfMax = lastOffset;
            }
        }

        private void walkUncompressed(RecordCheck check) {
            try (RecordCursor records = RecordCursor.over(batch)) {
                while (records.next()) {
                    check.record(records.hasKey(), records.timestampMs(), records.offsetDelta());
                }
            }
        }

        /** False when this broker cannot open the batch, for want of a library. */
        private boolean walkCompressed(Compression source, RecordCheck check) {
            InputStream in;
            try {
                in = opener == null ? BatchOpener.openOnce(batch) : opener.open(batch);
            } catch (RecordsRefused refused) {
                if (refused.reason() == RefusalReason.UNSUPPORTED_COMPRESSION_TYPE) {
                    return false;
                }
                throw refused;
            }
            if (in == null) {
                return true;
            }
            byte[] buffer =
                    opener == null ? new byte[RecordStream.BUFFER_BYTES] : opener.buffer(RecordStream.BUFFER_BYTES);
            try (RecordStream records = new RecordStream(in, buffer)) {
                boolean appendTime = batch.isAppendTime();
                for (int i = 0; i < batch.recordCount(); i++) {
                    records.readHead(rules.maxDecompressedMessageBytes());
                    records.readTail(null);
                    if (records.offsetDelta != i) {
                        throw RecordReader.malformed(
                                "record " + i + " has offset delta " + records.offsetDelta + " (expected: " + i + ')');
                    }
                    check.record(
                            records.keySize >= 0,
                            appendTime ? batch.maxTimestamp() : batch.baseTimestamp() + records.timestampDelta,
                            records.offsetDelta);
                }
                if (!records.isAtEnd()) {
                    throw RecordReader.malformed(
                            "it claims " + batch.recordCount() + " records, and bytes are left after them");
                }
            } catch (IOException corrupt) {
                throw RecordCursor.undecodable(source, corrupt);
            }
            return true;
        }
    }
}
