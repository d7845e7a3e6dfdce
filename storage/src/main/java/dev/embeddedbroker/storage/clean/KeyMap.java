package dev.embeddedbroker.storage.clean;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The greatest offset of each key, in a fixed amount of memory whatever the keys' sizes: keys are known by 128 bits of
 * their SHA-256.
 *
 * <p><b>Owner:</b> one compaction.
 */
/*
 * Open addressing with linear steps. A slot is three longs: two of the hash, and the offset plus one, so that zeros are
 * a free slot.
 */
final class KeyMap {
    static final int SLOT_BYTES = 24;
    private static final int LONGS = 3;
    private static final int MAX_SLOTS = Integer.MAX_VALUE / LONGS - 8;

    private final long[] table;
    private final int slots;
    private final int maxKeys;
    private final MessageDigest digest;
    private final byte[] hash = new byte[32];
    private final ByteBuffer hashBytes = ByteBuffer.wrap(hash);
    private int size;

    /**
     * A map for up to {@code expectedKeys} keys, or fewer when that takes more than {@code maxBytes}.
     *
     * @param loadFactor the share of the slots that may be taken
     */
    KeyMap(long expectedKeys, long maxBytes, double loadFactor) {
        long wanted = (long) Math.ceil((expectedKeys + 1) / loadFactor) + 1;
        slots = (int) Math.max(2, Math.min(MAX_SLOTS, Math.min(maxBytes / SLOT_BYTES, wanted)));
        maxKeys = Math.max(1, Math.min(slots - 1, (int) (slots * loadFactor)));
        table = new long[slots * LONGS];
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every one must have", e);
        }
    }

    boolean isFull() {
        return size >= maxKeys;
    }

    int size() {
        return size;
    }

    void put(ByteBuffer key, long offset) {
        int at = find(key);
        if (table[at + 2] == 0) {
            if (isFull()) {
                throw new IllegalStateException("the map has " + size + " keys (expected: less than " + maxKeys + ")");
            }
            table[at] = hashBytes.getLong(0);
            table[at + 1] = hashBytes.getLong(8);
            size++;
        }
        table[at + 2] = Math.max(table[at + 2], offset + 1);
    }

    /** The greatest offset put for {@code key}; −1 without one. */
    long get(ByteBuffer key) {
        return table[find(key) + 2] - 1;
    }

    /** Where the key is or would be. */
    private int find(ByteBuffer key) {
        digest.update(key.duplicate());
        byte[] computed = digest.digest();
        System.arraycopy(computed, 0, hash, 0, hash.length);
        long high = hashBytes.getLong(0);
        long low = hashBytes.getLong(8);
        int slot = (int) Long.remainderUnsigned(hashBytes.getLong(16), slots);
        while (true) {
            int at = slot * LONGS;
            boolean free = table[at + 2] == 0;
            if (free || (table[at] == high && table[at + 1] == low)) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }
}
