package dev.embeddedbroker.storage.batch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens compressed batches one after the other, each with the buffers and the libraries' own state that served for the one before. What it keeps is
 * at most a few hundred KiB for each compression it has met, and is given back by {@link #close}.
 *
 * <p><b>Owner:</b> one thread; only the batch opened last may be read.
 */
public final class BatchOpener implements AutoCloseable {
    private final Map<Compression, Decompressor> decompressors = new EnumMap<>(Compression.class);
    private byte @Nullable [] buffer;
    private boolean closed;

    /**
     * The decompressed records of a batch, or null when they are not compressed.
     *
     * @throws RecordsRefused when they cannot be opened, or the compression's library is missing
     */
    @Nullable
    InputStream open(RecordBatchView batch) {
        if (closed) {
            throw new IllegalStateException("a batch is to be opened by what was closed");
        }
        Compression compression = batch.compression();
        if (compression == Compression.NONE || batch.recordCount() == 0) {
            return null;
        }
        try {
            var decompressor = decompressors.get(compression);
            if (decompressor == null) {
                decompressor = Codecs.decompressor(compression);
                decompressors.put(compression, decompressor);
            }
            return Codecs.open(compression, decompressor, batch.recordBytes());
        } catch (IOException corrupt) {
            throw RecordCursor.undecodable(compression, corrupt);
        }
    }

    /** The same for a single batch; what it takes is given back when the stream is closed. */
    static @Nullable InputStream openOnce(RecordBatchView batch) {
        var opener = new BatchOpener();
        InputStream records;
        try {
            records = opener.open(batch);
        } catch (RuntimeException e) {
            opener.close();
            throw e;
        }
        return records == null ? null : new Once(records, opener);
    }

    /** An array for reading through, used again for each batch. */
    byte[] buffer(int size) {
        if (buffer == null || buffer.length < size) {
            buffer = new byte[size];
        }
        return buffer;
    }

    @Override
    public void close() {
        closed = true;
        decompressors.values().forEach(Decompressor::close);
        decompressors.clear();
    }

    /** A stream that ends its opener with itself. */
    private static final class Once extends FilterInputStream {
        private final BatchOpener opener;

        Once(InputStream records, BatchOpener opener) {
            super(records);
            this.opener = opener;
        }

        @Override
        public void close() throws IOException {
            try (opener) {
                super.close();
            }
        }
    }
}
