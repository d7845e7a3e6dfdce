package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions whose abort marker lies in one segment.
 *
 * <pre>
 * entry (34 bytes)   version int16 = 0 | producerId int64 | firstOffset int64 | lastOffset int64 | lastStableOffset int64
 * </pre>
 *
 * <p>Entries stand in the order of their markers. Most segments have none, and then no file. <b>Owner:</b> the segment's
 * owner.
 */
final class TransactionIndex {
    private static final int ENTRY_BYTES = 34;
    private static final short VERSION = 0;

    private static final Logger LOG = LoggerFactory.getLogger(TransactionIndex.class);

    private final Disk disk;
    private final Path path;
    private final long baseOffset;
    private boolean mayExist;
    private @Nullable List<AbortedTxn> entries;

    TransactionIndex(Disk disk, Path directory, long baseOffset, String ending, boolean mayExist) {
        this.disk = disk;
        this.path = SegmentName.in(directory, baseOffset, SegmentName.TRANSACTION_INDEX + ending);
        this.baseOffset = baseOffset;
        this.mayExist = mayExist;
    }

    void append(AbortedTxn txn) {
        List<AbortedTxn> known = entries();
        if (!known.isEmpty() && known.get(known.size() - 1).lastOffset() >= txn.lastOffset()) {
            throw new IllegalArgumentException("abort marker at " + txn.lastOffset() + " must lie beyond the last at "
                    + known.get(known.size() - 1).lastOffset());
        }
        ByteBuffer out = ByteBuffer.allocate(ENTRY_BYTES)
                .putShort(VERSION)
                .putLong(txn.producerId())
                .putLong(txn.firstOffset())
                .putLong(txn.lastOffset())
                .putLong(txn.lastStableOffset())
                .flip();
        try (var file = disk.open(path)) {
            file.write(out, (long) known.size() * ENTRY_BYTES);
        }
        mayExist = true;
        known.add(txn);
    }

    /**
     * Adds to {@code found} the transactions that overlap [fromOffset, boundOffset).
     *
     * @return true when no later segment can hold another
     */
    boolean collect(long fromOffset, long boundOffset, List<AbortedTxn> found) {
        for (AbortedTxn txn : entries()) {
            if (txn.lastOffset() >= fromOffset && txn.firstOffset() < boundOffset) {
                found.add(txn);
            }
            if (txn.lastStableOffset() >= boundOffset) {
                return true;
            }
        }
        return false;
    }

    /** Drops the transactions whose marker is at or beyond {@code offset}. */
    void truncateTo(long offset) {
        List<AbortedTxn> known = entries();
        int keep = known.size();
        while (keep > 0 && known.get(keep - 1).lastOffset() >= offset) {
            keep--;
        }
        if (keep < known.size()) {
            known.subList(keep, known.size()).clear();
            disk.resize(path, (long) keep * ENTRY_BYTES);
        }
    }

    void clear() {
        entries = new ArrayList<>();
        if (mayExist && disk.exists(path)) {
            disk.resize(path, 0);
        }
    }

    void addFileTo(List<Path> files) {
        if (mayExist) {
            files.add(path);
        }
    }

    /**
     * Whether the entries can be those of the segment.
     *
     * @param endsThere whether an entry's marker is where the entry says
     */
    boolean isSane(Predicate<AbortedTxn> endsThere) {
        try {
            long last = baseOffset - 1;
            for (AbortedTxn txn : entries()) {
                boolean sane = txn.firstOffset() >= 0
                        && txn.firstOffset() <= txn.lastOffset()
                        && txn.lastOffset() > last
                        && txn.lastStableOffset() <= txn.lastOffset() + 1
                        && endsThere.test(txn);
                if (!sane) {
                    return false;
                }
                last = txn.lastOffset();
            }
            return true;
        } catch (StorageException e) {
            LOG.warn("{} cannot be used: {}", path, e.getMessage());
            return false;
        }
    }

    private List<AbortedTxn> entries() {
        if (entries == null) {
            entries = mayExist && disk.exists(path) ? read() : new ArrayList<>();
        }
        return entries;
    }

    private List<AbortedTxn> read() {
        ByteBuffer in = ByteBuffer.wrap(disk.readAll(path));
        if (in.remaining() % ENTRY_BYTES != 0) {
            throw new StorageException(
                    path + " has " + in.remaining() + " bytes (expected: a multiple of " + ENTRY_BYTES + ")");
        }
        List<AbortedTxn> read = new ArrayList<>(in.remaining() / ENTRY_BYTES);
        while (in.remaining() >= ENTRY_BYTES) {
            short version = in.getShort();
            if (version != VERSION) {
                throw new StorageException(
                        path + " has an entry of version " + version + " (expected: " + VERSION + ")");
            }
            read.add(new AbortedTxn(in.getLong(), in.getLong(), in.getLong(), in.getLong()));
        }
        return read;
    }
}
