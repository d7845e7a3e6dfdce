package dev.embeddedbroker.storage.crash;

import java.util.Arrays;
import java.util.Random;

/** What a bad medium, a bad cable or a careless hand does to the bytes of a file. */
final class Damage {
    private Damage() {}

    /** Other bytes in place of {@code content}; which, says {@code random}. */
    static byte[] of(byte[] content, Random random) {
        byte[] bytes = content.clone();
        int size = bytes.length;
        switch (size == 0 ? 7 : random.nextInt(9)) {
            case 0, 1 -> bytes[random.nextInt(size)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                int from = random.nextInt(size);
                Arrays.fill(
                        bytes, from, Math.min(size, from + 1 + random.nextInt(random.nextBoolean() ? 16 : 600)), (byte)
                                0);
            }
            case 3 -> bytes = Arrays.copyOf(bytes, random.nextInt(size));
            case 4 -> {
                int from = random.nextInt(size);
                int to = Math.min(size, from + 1 + random.nextInt(random.nextBoolean() ? 8 : 600));
                for (int i = from; i < to; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
            case 5 -> swap(bytes, 1 << (4 + random.nextInt(6)), random);
            case 6 -> bytes[random.nextInt(size)] = (byte) random.nextInt();
            case 7 -> {
                byte[] more = new byte[1 + random.nextInt(200)];
                if (random.nextBoolean()) {
                    random.nextBytes(more);
                }
                bytes = Arrays.copyOf(bytes, size + more.length);
                System.arraycopy(more, 0, bytes, size, more.length);
            }
            default -> {
                int from = random.nextInt(size);
                int count = 1 + random.nextInt(Math.min(200, size - from)); // a piece is doubled at the end
                bytes = Arrays.copyOf(bytes, size + count);
                System.arraycopy(content, from, bytes, size, count);
            }
        }
        return bytes;
    }

    /** Two pages change places. */
    private static void swap(byte[] bytes, int pageBytes, Random random) {
        int pages = bytes.length / pageBytes;
        if (pages < 2) {
            return;
        }
        int one = random.nextInt(pages) * pageBytes;
        int other = random.nextInt(pages) * pageBytes;
        byte[] kept = Arrays.copyOfRange(bytes, one, one + pageBytes);
        System.arraycopy(bytes, other, bytes, one, pageBytes);
        System.arraycopy(kept, 0, bytes, other, pageBytes);
    }
}
