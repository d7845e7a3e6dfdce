package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The way the records of a batch are compressed, as the low three bits of the batch's attributes name it. */
public enum Compression {
    NONE(0, 0, 0, 0),
    /** Level -1 is the library's own default. */
    GZIP(1, 1, 9, -1),
    SNAPPY(2, 0, 0, 0),
    LZ4(3, 1, 17, 9),
    ZSTD(4, -131_072, 22, 3);

    private final int id;
    private final int minLevel;
    private final int maxLevel;
    private final int defaultLevel;

    Compression(int id, int minLevel, int maxLevel, int defaultLevel) {
        this.id = id;
        this.minLevel = minLevel;
        this.maxLevel = maxLevel;
        this.defaultLevel = defaultLevel;
    }

    public int id() {
        return id;
    }

    /** The name used in configurations; for {@code NONE} it is {@code none}, though topics also say {@code uncompressed}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int defaultLevel() {
        return defaultLevel;
    }

    public int minLevel() {
        return minLevel;
    }

    public int maxLevel() {
        return maxLevel;
    }

    public boolean isLevel(int level) {
        return level == defaultLevel || (level >= minLevel && level <= maxLevel);
    }

    /**
     * What the bytes between the buffer's position and limit were before this compression.
     *
     * @throws IOException if they are not of this form, or come to more than {@code maxBytes}
     */
    public byte[] decompress(ByteBuffer compressed, int maxBytes) throws IOException {
        try (Decompressor decompressor = this == NONE ? ByteBufferStream::new : Codecs.decompressor(this);
                InputStream bytes = Codecs.open(this, decompressor, compressed)) {
            byte[] all = bytes.readNBytes(maxBytes);
            if (bytes.read() >= 0) {
                throw new IOException("decompressed size is over " + maxBytes + " (expected: at most that)");
            }
            return all;
        }
    }

    /** The compression with this id, or null when Kafka knows none. */
    public static @Nullable Compression forId(int id) {
        return switch (id) {
            case 0 -> NONE;
            case 1 -> GZIP;
            case 2 -> SNAPPY;
            case 3 -> LZ4;
            case 4 -> ZSTD;
            default -> null;
        };
    }

    /** The compression a configuration names: {@code none}, {@code uncompressed}, {@code gzip}, …; null for any other text. */
    public static @Nullable Compression forName(String name) {
        return switch (name) {
            case "none", "uncompressed" -> NONE;
            case "gzip" -> GZIP;
            case "snappy" -> SNAPPY;
            case "lz4" -> LZ4;
            case "zstd" -> ZSTD;
            default -> null;
        };
    }
}
