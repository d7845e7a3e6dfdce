package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Where codecs come from: each is linked to its library at its first use, and a library that is not there is a refusal, not a crash. */
final class Codecs {
    private Codecs() {}

    static OutputStream compress(Compression compression, int level, OutputStream out) throws IOException {
        try {
            return of(compression).compress(out, level);
        } catch (LinkageError missing) {
            throw unavailable(compression, missing);
        }
    }

    static Decompressor decompressor(Compression compression) {
        try {
            return of(compression).decompressor();
        } catch (LinkageError missing) {
            throw unavailable(compression, missing);
        }
    }

    static InputStream open(Compression compression, Decompressor decompressor, ByteBuffer compressed)
            throws IOException {
        try {
            return decompressor.open(compressed);
        } catch (LinkageError missing) {
            throw unavailable(compression, missing);
        }
    }

    /** True when the library of this compression is on the class path and works here. */
    static boolean isAvailable(Compression compression) {
        if (compression == Compression.NONE || compression == Compression.GZIP) {
            return true;
        }
        try (OutputStream probe =
                of(compression).compress(OutputStream.nullOutputStream(), compression.defaultLevel())) {
            probe.write(0);
            return true;
        } catch (LinkageError | IOException missing) {
            return false;
        }
    }

    private static Codec of(Compression compression) {
        return switch (compression) {
            case NONE -> throw new IllegalArgumentException("no codec for NONE");
            case GZIP -> new GzipCodec();
            case SNAPPY -> new SnappyCodec();
            case LZ4 -> new Lz4Codec();
            case ZSTD -> new ZstdCodec();
        };
    }

    private static RecordsRefused unavailable(Compression compression, LinkageError cause) {
        String artifact =
                switch (compression) {
                    case SNAPPY -> "org.xerial.snappy:snappy-java";
                    case LZ4 -> "at.yawk.lz4:lz4-java";
                    case ZSTD -> "com.github.luben:zstd-jni";
                    case NONE, GZIP -> throw cause;
                };
        return new RecordsRefused(
                RefusalReason.UNSUPPORTED_COMPRESSION_TYPE,
                "The broker cannot open " + compression.configName()
                        + " batches: its library is not on the class path or does not load (" + cause
                        + "). Add the artifact " + artifact,
                cause);
    }
}
