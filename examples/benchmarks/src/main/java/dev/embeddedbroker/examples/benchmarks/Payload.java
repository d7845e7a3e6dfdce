package dev.embeddedbroker.examples.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Values that look like JSON and compress like it; the same ones in every run. */
public final class Payload {
    private static final int VALUES = 4096;
    private final byte[][] values = new byte[VALUES][];

    public Payload(int bytes) {
        var random = new Random(1);
        for (int i = 0; i < VALUES; i++) {
            var text = new StringBuilder("{\"order\":" + random.nextInt(1_000_000));
            while (text.length() < bytes) {
                text.append(",\"item")
                        .append(random.nextInt(20))
                        .append("\":\"")
                        .append(Long.toString(random.nextLong(), 36))
                        .append('"');
            }
            values[i] = text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
        }
    }

    public byte[] get(long number) {
        return values[(int) (number % VALUES)];
    }
}
