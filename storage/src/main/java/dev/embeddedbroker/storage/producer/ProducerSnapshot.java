package dev.embeddedbroker.storage.producer;

import dev.embeddedbroker.storage.disk.Disk;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers at one offset, as a file: {@code <offset>.snapshot}.
 *
 * <pre>
 * version int16 = 1 | crc uint32 = CRC-32C of all that follows | count int32 | count × entry (46 bytes)
 * entry   producerId int64 | epoch int16 | lastSequence int32 | lastOffset int64 | offsetDelta int32 | timestamp int64
 *         coordinatorEpoch int32 | currentTxnFirstOffset int64
 * </pre>
 *
 * Of the remembered batches only the last one is kept.
 */
final class ProducerSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerSnapshot.class);
    private static final short VERSION = 1;
    private static final int CRC = 2;
    private static final int ENTRIES = 6;
    private static final int ENTRY_BYTES = 46;

    private ProducerSnapshot() {}

    static void write(Disk disk, Path path, Collection<ProducerEntry> producers, boolean force) {
        ByteBuffer out = ByteBuffer.allocate(ENTRIES + 4 + producers.size() * ENTRY_BYTES);
        out.putShort(VERSION).putInt(0).putInt(producers.size());
        for (ProducerEntry entry : producers) {
            out.putLong(entry.producerId)
                    .putShort(entry.epoch)
                    .putInt(entry.lastSequence())
                    .putLong(entry.lastOffset())
                    .putInt(entry.lastOffsetDelta())
                    .putLong(entry.lastTimestampMs)
                    .putInt(entry.coordinatorEpoch)
                    .putLong(entry.currentTxnFirstOffset);
        }
        out.flip();
        out.putInt(CRC, crcOf(out));
        disk.writeAtomically(path, out, force);
    }

    /** The entries of a snapshot, or null when the file is damaged. */
    static @Nullable List<ProducerEntry> read(Disk disk, Path path) {
        ByteBuffer in = ByteBuffer.wrap(disk.readAll(path));
        try {
            short version = in.getShort();
            int crc = in.getInt();
            if (version != VERSION || crc != crcOf(in)) {
                LOG.warn("{} is damaged (version {}, expected: {}); it is not used", path, version, VERSION);
                return null;
            }
            int count = in.getInt();
            if (count < 0 || (long) count * ENTRY_BYTES > in.remaining()) {
                LOG.warn("{} claims {} producers; it is not used", path, count);
                return null;
            }
            List<ProducerEntry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                entries.add(readEntry(in));
            }
            return entries;
        } catch (BufferUnderflowException e) {
            LOG.warn("{} is cut off after {} bytes; it is not used", path, in.limit());
            return null;
        }
    }

    private static ProducerEntry readEntry(ByteBuffer in) {
        ProducerEntry entry = new ProducerEntry();
        entry.producerId = in.getLong();
        entry.epoch = in.getShort();
        int lastSequence = in.getInt();
        long lastOffset = in.getLong();
        int offsetDelta = in.getInt();
        long timestampMs = in.getLong();
        if (lastOffset >= 0) {
            entry.addBatch(lastSequence, lastOffset, offsetDelta, timestampMs);
        }
        entry.lastTimestampMs = timestampMs;
        entry.coordinatorEpoch = in.getInt();
        long txn = in.getLong();
        entry.currentTxnFirstOffset = txn >= 0 ? txn : ProducerEntry.NONE;
        return entry;
    }

    private static int crcOf(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().position(Math.min(ENTRIES, file.limit())));
        return (int) crc.getValue();
    }
}
