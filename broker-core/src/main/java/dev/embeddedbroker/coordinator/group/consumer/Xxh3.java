package dev.embeddedbroker.coordinator.group.consumer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The 64-bit XXH3 hash of some bytes, without a seed, as its specification has it (github.com/Cyan4973/xxHash). */
final class Xxh3 {
    private static final int P32_1 = 0x9E3779B1;
    private static final int P32_2 = 0x85EBCA77;
    private static final int P32_3 = 0xC2B2AE3D;
    private static final long P64_1 = 0x9E3779B185EBCA87L;
    private static final long P64_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P64_3 = 0x165667B19E3779F9L;
    private static final long P64_4 = 0x85EBCA77C2B2AE63L;
    private static final long P64_5 = 0x27D4EB2F165667C5L;
    private static final long MIX_1 = 0x165667919E3779F9L;
    private static final long MIX_2 = 0x9FB21C651E98DF25L;
    private static final int STRIPE = 64;
    private static final int STRIPES_PER_BLOCK = 16;
    private static final int BLOCK = STRIPE * STRIPES_PER_BLOCK;

    /** The specification's default secret: 192 bytes. */
    private static final long[] SECRET = {
        0xBE4BA423396CFEB8L, 0x1CAD21F72C81017CL, 0xDB979083E96DD4DEL, 0x1F67B3B7A4A44072L,
        0x78E5C0CC4EE679CBL, 0x2172FFCC7DD05A82L, 0x8E2443F7744608B8L, 0x4C263A81E69035E0L,
        0xCB00C391BB52283CL, 0xA32E531B8B65D088L, 0x4EF90DA297486471L, 0xD8ACDEA946EF1938L,
        0x3F349CE33F76FAA8L, 0x1D4F0BC7C7BBDCF9L, 0x3159B4CD4BE0518AL, 0x647378D9C97E9FC8L,
        0xC3EBD33483ACC5EAL, 0xEB6313FAFFA081C5L, 0x49DAF0B751DD0D17L, 0x9E68D429265516D3L,
        0xFCA1477D58BE162BL, 0xCE31D07AD1B8F88FL, 0x280416958F3ACB45L, 0x7E404BBBCAFBD7AFL,
    };

    private static final ByteBuffer KEY = secretBytes();

    private final ByteBuffer in;
    private final int length;

    private Xxh3(ByteBuffer in) {
        this.in = in.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.length = this.in.remaining();
    }

    private static ByteBuffer secretBytes() {
        var bytes = ByteBuffer.allocate(SECRET.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : SECRET) {
            bytes.putLong(word);
        }
        return bytes.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    static long hash(ByteBuffer bytes) {
        var hash = new Xxh3(bytes);
        if (hash.length <= 16) {
            return hash.upTo16();
        }
        if (hash.length <= 128) {
            return hash.upTo128();
        }
        return hash.length <= 240 ? hash.upTo240() : hash.longer();
    }

    private static long key(int at) {
        return KEY.getLong(at);
    }

    private long upTo16() {
        if (length == 0) {
            return avalanche64(key(56) ^ key(64));
        }
        if (length <= 3) {
            int first = in.get(0) & 0xFF;
            int middle = in.get(length >> 1) & 0xFF;
            int last = in.get(length - 1) & 0xFF;
            int combined = first << 16 | middle << 24 | last | length << 8;
            int flip = KEY.getInt(0) ^ KEY.getInt(4);
            return avalanche64((combined ^ flip) & 0xFFFFFFFFL);
        }
        if (length <= 8) {
            long head = in.getInt(0) & 0xFFFFFFFFL;
            long tail = in.getInt(length - 4) & 0xFFFFFFFFL;
            return mixShort(tail + (head << 32) ^ key(8) ^ key(16));
        }
        long low = in.getLong(0) ^ key(24) ^ key(32);
        long high = in.getLong(length - 8) ^ key(40) ^ key(48);
        return avalanche(length + Long.reverseBytes(low) + high + multiplyFold(low, high));
    }

    private long mixShort(long value) {
        long h = value ^ Long.rotateLeft(value, 49) ^ Long.rotateLeft(value, 24);
        h *= MIX_2;
        h ^= (h >>> 35) + length;
        h *= MIX_2;
        return h ^ h >>> 28;
    }

    private long upTo128() {
        long acc = length * P64_1;
        for (int i = (length - 1) / 32; i >= 0; i--) {
            acc += mix16(16 * i, 32 * i);
            acc += mix16(length - 16 * (i + 1), 32 * i + 16);
        }
        return avalanche(acc);
    }

    private long upTo240() {
        long acc = length * P64_1;
        for (int i = 0; i < 8; i++) {
            acc += mix16(16 * i, 16 * i);
        }
        acc = avalanche(acc);
        for (int i = 8; i < length / 16; i++) {
            acc += mix16(16 * i, 16 * (i - 8) + 3);
        }
        return avalanche(acc + mix16(length - 16, 136 - 17));
    }

    private long mix16(int at, int keyAt) {
        return multiplyFold(in.getLong(at) ^ key(keyAt), in.getLong(at + 8) ^ key(keyAt + 8));
    }

    private long longer() {
        long[] acc = {P32_3 & 0xFFFFFFFFL, P64_1, P64_2, P64_3, P64_4, P32_2 & 0xFFFFFFFFL, P64_5, P32_1 & 0xFFFFFFFFL};
        int lastBlock = (length - 1) / BLOCK;
        for (int block = 0; block < lastBlock; block++) {
            for (int stripe = 0; stripe < STRIPES_PER_BLOCK; stripe++) {
                accumulate(acc, block * BLOCK + stripe * STRIPE, stripe * 8);
            }
            scramble(acc);
        }
        int stripes = (length - 1 - lastBlock * BLOCK) / STRIPE;
        for (int stripe = 0; stripe < stripes; stripe++) {
            accumulate(acc, lastBlock * BLOCK + stripe * STRIPE, stripe * 8);
        }
        accumulate(acc, length - STRIPE, SECRET.length * Long.BYTES - STRIPE - 7);
        long result = length * P64_1;
        for (int i = 0; i < 4; i++) {
            result += multiplyFold(acc[2 * i] ^ key(11 + 16 * i), acc[2 * i + 1] ^ key(19 + 16 * i));
        }
        return avalanche(result);
    }

    private void accumulate(long[] acc, int at, int keyAt) {
        for (int i = 0; i < acc.length; i++) {
            long data = in.getLong(at + 8 * i);
            long keyed = data ^ key(keyAt + 8 * i);
            acc[i ^ 1] += data;
            acc[i] += (keyed & 0xFFFFFFFFL) * (keyed >>> 32);
        }
    }

    private static void scramble(long[] acc) {
        for (int i = 0; i < acc.length; i++) {
            acc[i] =
                    (acc[i] ^ acc[i] >>> 47 ^ key(SECRET.length * Long.BYTES - STRIPE + 8 * i)) * (P32_1 & 0xFFFFFFFFL);
        }
    }

    private static long multiplyFold(long a, long b) {
        long high = Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a); // unsigned
        return a * b ^ high;
    }

    private static long avalanche(long value) {
        long h = (value ^ value >>> 37) * MIX_1;
        return h ^ h >>> 32;
    }

    private static long avalanche64(long value) {
        long h = (value ^ value >>> 33) * P64_2;
        h = (h ^ h >>> 29) * P64_3;
        return h ^ h >>> 32;
    }
}
