package dev.embeddedbroker.recorder;

import java.nio.ByteBuffer;

/**
 * A frame as it was kept: all of it but the gaps, which read as zeros.
 *
 * @param bytes the frame in its full size, without the size in front
 * @param missingBytes how many of them were not kept
 */
record FrameCopy(ByteBuffer bytes, int missingBytes) {

    /** Reads what {@link Ring} wrote: size, gaps, bytes. */
    static FrameCopy read(ByteBuffer in) {
        var bytes = ByteBuffer.allocate(in.getInt());
        var gaps = new int[in.getInt() * 2];
        int missing = 0;
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = in.getInt();
        }
        for (int i = 0; i < gaps.length; i += 2) {
            put(in, bytes, gaps[i] - bytes.position());
            bytes.position(gaps[i] + gaps[i + 1]);
            missing += gaps[i + 1];
        }
        put(in, bytes, bytes.remaining());
        return new FrameCopy(bytes.flip(), missing);
    }

    private static void put(ByteBuffer in, ByteBuffer to, int length) {
        to.put(in.slice(in.position(), length));
        in.position(in.position() + length);
    }
}
