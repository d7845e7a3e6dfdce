package dev.embeddedbroker.storage.batch;

/**
 * The two arrays a {@link BlockStream} works with: a block as it came, and what it is decompressed into.
 *
 * <p><b>Owner:</b> the stream that is read.
 */
final class BlockBuffers {
    /** Blocks of usual producers are smaller; memory for larger ones is not kept. */
    private static final int MOST_KEPT_BYTES = 128 * 1024;

    private byte[] source = new byte[0];
    private byte[] target = new byte[0];

    /** An array of at least this size, whose content is what was in it. */
    byte[] source(int size) {
        byte[] array = source.length >= size ? source : new byte[size];
        if (size <= MOST_KEPT_BYTES) {
            source = array;
        }
        return array;
    }

    /** An array of at least this size, whose content is what was in it. */
    byte[] target(int size) {
        byte[] array = target.length >= size ? target : new byte[size];
        if (size <= MOST_KEPT_BYTES) {
            target = array;
        }
        return array;
    }
}
