package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A record batch of magic 2, read and stamped where it lies in a buffer.
 *
 * <pre>
 *   offset                                          offset
 *    0  int64  base offset            ─┐             27  int64  base timestamp (or delete horizon)
 *    8  int32  length of what follows  │ stamped     35  int64  max timestamp
 *   12  int32  partition leader epoch ─┘ by brokers  43  int64  producer id
 *   16  int8   magic = 2                             51  int16  producer epoch
 *   17  int32  CRC-32C of all bytes from 21          53  int32  base sequence
 *   21  int16  attributes                            57  int32  record count
 *   23  int32  last offset delta                     61  records, compressed as one block
 *
 *   attributes   bits 0–2 compression · 3 append time · 4 transactional · 5 control · 6 has delete horizon
 * </pre>
 *
 * The checksum leaves out the first 21 bytes, so the base offset and the leader epoch are changed without touching it; a change of the
 * attributes or of the max timestamp recomputes it. One view may be moved from batch to batch ({@link #at}). It never moves the buffer's position
 * or limit.
 *
 * <p><b>Owner:</b> one thread at a time. Getters trust the caller to have seen {@link #isCompleteAt}.
 */
public final class RecordBatchView {
    public static final int BASE_OFFSET = 0;
    public static final int LENGTH = 8;
    public static final int PARTITION_LEADER_EPOCH = 12;
    public static final int MAGIC = 16;
    public static final int CRC = 17;
    public static final int ATTRIBUTES = 21;
    public static final int LAST_OFFSET_DELTA = 23;
    public static final int BASE_TIMESTAMP = 27;
    public static final int MAX_TIMESTAMP = 35;
    public static final int PRODUCER_ID = 43;
    public static final int PRODUCER_EPOCH = 51;
    public static final int BASE_SEQUENCE = 53;
    public static final int RECORD_COUNT = 57;
    /** Size of the header: where records begin. */
    public static final int RECORDS = 61;

    /** Bytes before those that the length field counts. */
    public static final int LENGTH_PREFIX_BYTES = 12;

    public static final byte CURRENT_MAGIC = 2;
    public static final long NO_TIMESTAMP = -1;
    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final int NO_PARTITION_LEADER_EPOCH = -1;

    static final int COMPRESSION_MASK = 0x07;
    static final int APPEND_TIME_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;
    static final int DELETE_HORIZON_FLAG = 0x40;

    private final CRC32C crc32c = new CRC32C();
    private ByteBuffer buffer;
    private int position;

    private RecordBatchView(ByteBuffer buffer, int position) {
        this.buffer = buffer;
        this.position = position;
    }

    /** A view of the batch at the buffer's position. */
    public static RecordBatchView of(ByteBuffer buffer) {
        return of(buffer, buffer.position());
    }

    /** A view of the batch at an absolute position of the buffer. */
    public static RecordBatchView of(ByteBuffer buffer, int position) {
        return new RecordBatchView(bigEndian(buffer), position);
    }

    /** Moves this view to another batch. */
    public RecordBatchView at(ByteBuffer newBuffer, int newPosition) {
        this.buffer = bigEndian(newBuffer);
        this.position = newPosition;
        return this;
    }

    /** Moves this view to another batch of the same buffer. */
    public RecordBatchView at(int newPosition) {
        this.position = newPosition;
        return this;
    }

    private static ByteBuffer bigEndian(ByteBuffer buffer) {
        if (buffer.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("buffer is " + buffer.order() + " (expected: BIG_ENDIAN)");
        }
        return buffer;
    }

    // ---- where it lies

    public ByteBuffer buffer() {
        return buffer;
    }

    public int position() {
        return position;
    }

    /** True when a whole batch with a header of magic 2 lies at this position and ends by the limit; says nothing about its checksum. */
    public boolean isCompleteAt(int limit) {
        int available = limit - position;
        return available >= RECORDS
                && magic() == CURRENT_MAGIC
                && length() >= RECORDS - LENGTH_PREFIX_BYTES
                && length() <= available - LENGTH_PREFIX_BYTES;
    }

    /** The length field: the batch's bytes after that field. */
    public int length() {
        return buffer.getInt(position + LENGTH);
    }

    /** The whole batch, header included. */
    public int sizeBytes() {
        return LENGTH_PREFIX_BYTES + length();
    }

    public int nextBatchPosition() {
        return position + sizeBytes();
    }

    public int recordsPosition() {
        return position + RECORDS;
    }

    /** The records as they are stored, perhaps compressed, as a slice of their own. */
    ByteBuffer recordBytes() {
        return buffer.slice(recordsPosition(), sizeBytes() - RECORDS);
    }

    /** The whole batch as a slice of its own. */
    public ByteBuffer slice() {
        return buffer.slice(position, sizeBytes());
    }

    // ---- what it says

    public long baseOffset() {
        return buffer.getLong(position + BASE_OFFSET);
    }

    public int lastOffsetDelta() {
        return buffer.getInt(position + LAST_OFFSET_DELTA);
    }

    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    public long nextOffset() {
        return lastOffset() + 1;
    }

    public int partitionLeaderEpoch() {
        return buffer.getInt(position + PARTITION_LEADER_EPOCH);
    }

    public byte magic() {
        return buffer.get(position + MAGIC);
    }

    public int attributes() {
        return buffer.getShort(position + ATTRIBUTES);
    }

    /** The id of the compression; five to seven name none. */
    public int compressionId() {
        return attributes() & COMPRESSION_MASK;
    }

    /** How the records are compressed; refused when the id names nothing. */
    public Compression compression() {
        Compression known = Compression.forId(compressionId());
        if (known == null) {
            throw new RecordsRefused(
                    RefusalReason.UNSUPPORTED_COMPRESSION_TYPE,
                    "Batch names compression " + compressionId()
                            + " (expected: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd)");
        }
        return known;
    }

    /** True when all records count as written at {@link #maxTimestamp} by the broker's clock, false for the times producers gave. */
    public boolean isAppendTime() {
        return (attributes() & APPEND_TIME_FLAG) != 0;
    }

    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL_FLAG) != 0;
    }

    public boolean isControl() {
        return (attributes() & CONTROL_FLAG) != 0;
    }

    /** True when the compactor has noted when tombstones and markers may go (KIP-534); the base timestamp then is that moment. */
    public boolean hasDeleteHorizon() {
        return (attributes() & DELETE_HORIZON_FLAG) != 0;
    }

    public long deleteHorizonMs() {
        return hasDeleteHorizon() ? baseTimestamp() : NO_TIMESTAMP;
    }

    public long baseTimestamp() {
        return buffer.getLong(position + BASE_TIMESTAMP);
    }

    public long maxTimestamp() {
        return buffer.getLong(position + MAX_TIMESTAMP);
    }

    public long producerId() {
        return buffer.getLong(position + PRODUCER_ID);
    }

    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER_ID;
    }

    public short producerEpoch() {
        return buffer.getShort(position + PRODUCER_EPOCH);
    }

    public int baseSequence() {
        return buffer.getInt(position + BASE_SEQUENCE);
    }

    /** The sequence of the last record; sequences wrap from the greatest int to 0. */
    public int lastSequence() {
        int base = baseSequence();
        return base == NO_SEQUENCE ? NO_SEQUENCE : plusSequence(base, lastOffsetDelta());
    }

    /** The sequence {@code delta} records after {@code sequence}. */
    public static int plusSequence(int sequence, int delta) {
        return (int) (((long) sequence + delta) & Integer.MAX_VALUE);
    }

    public int recordCount() {
        return buffer.getInt(position + RECORD_COUNT);
    }

    // ---- checksum

    public int crc() {
        return buffer.getInt(position + CRC);
    }

    public boolean crcMatches() {
        return crc() == computeCrc();
    }

    public int computeCrc() {
        int from = position + ATTRIBUTES;
        int bytes = sizeBytes() - ATTRIBUTES;
        crc32c.reset();
        if (buffer.hasArray()) {
            crc32c.update(buffer.array(), buffer.arrayOffset() + from, bytes);
        } else {
            crc32c.update(buffer.slice(from, bytes));
        }
        return (int) crc32c.getValue();
    }

    // ---- stamping

    public void setBaseOffset(long baseOffset) {
        buffer.putLong(position + BASE_OFFSET, baseOffset);
    }

    public void setPartitionLeaderEpoch(int epoch) {
        buffer.putInt(position + PARTITION_LEADER_EPOCH, epoch);
    }

    /** Sets whose clock the timestamps are and the greatest of them; the checksum is recomputed when either was another. */
    public void setMaxTimestamp(boolean appendTime, long maxTimestampMs) {
        if (appendTime == isAppendTime() && maxTimestampMs == maxTimestamp()) {
            return;
        }
        // Bits that have no meaning are dropped, as Kafka drops them: the two brokers write the same bytes.
        int known = attributes() & (COMPRESSION_MASK | TRANSACTIONAL_FLAG | CONTROL_FLAG | DELETE_HORIZON_FLAG);
        buffer.putShort(position + ATTRIBUTES, (short) (appendTime ? known | APPEND_TIME_FLAG : known));
        buffer.putLong(position + MAX_TIMESTAMP, maxTimestampMs);
        stampCrc();
    }

    void stampCrc() {
        buffer.putInt(position + CRC, computeCrc());
    }

    @Override
    public String toString() {
        return "batch[" + baseOffset() + ".." + lastOffset() + ", " + recordCount() + " records, " + sizeBytes()
                + " B, epoch " + partitionLeaderEpoch() + ", producer " + producerId() + '/' + producerEpoch() + '/'
                + baseSequence() + ", attributes 0x" + Integer.toHexString(attributes() & 0xffff) + ", max timestamp "
                + maxTimestamp() + ']';
    }
}
