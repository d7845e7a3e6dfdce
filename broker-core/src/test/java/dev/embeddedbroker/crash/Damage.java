package dev.embeddedbroker.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Damages a file as a bad medium or a careless hand does. */
final class Damage {
    private Damage() {}

    static void to(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int size = bytes.length;
        switch (size == 0 ? 4 : random.nextInt(6)) {
            case 0, 1 -> bytes[random.nextInt(size)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                int from = random.nextInt(size);
                Arrays.fill(bytes, from, Math.min(size, from + 1 + random.nextInt(300)), (byte) 0);
            }
            case 3 -> bytes = Arrays.copyOf(bytes, random.nextInt(size));
            case 4 -> {
                byte[] more = new byte[1 + random.nextInt(200)];
                random.nextBytes(more);
                bytes = Arrays.copyOf(bytes, size + more.length);
                System.arraycopy(more, 0, bytes, size, more.length);
            }
            default -> {
                int from = random.nextInt(size);
                for (int i = from; i < Math.min(size, from + 1 + random.nextInt(40)); i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
        }
        Files.write(file, bytes);
    }
}
