package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.header.RequestHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which bytes of a large request are records that are not worth keeping. */
final class RecordGaps {

    private static final int[] NONE = {};
    private static final int FIRST_BYTES = 256;
    private static final int SMALL_BYTES = 4096;

    private RecordGaps() {}

    /** Pairs of position and length within the frame, of all records but the first {@code recordBytes}. */
    static int[] of(ByteBuffer frame, @Nullable Request request, short version, int recordBytes) {
        if (request == null || frame.remaining() <= recordBytes + SMALL_BYTES) {
            return NONE;
        }
        // written again, the records stand in parts of their own; where, is the same in the bytes as they came
        var out = new WireWriter(FIRST_BYTES);
        request.write(out, version);
        int size = frame.remaining();
        int at = size - out.size();
        if (at != headerBytes(frame, request, version)) {
            return NONE; // it was not written the way we write it
        }
        var parts = out.segments();
        var gaps = new int[parts.size() + 1];
        int count = 0;
        int left = recordBytes;
        for (int i = 0; i < parts.size(); i++) {
            int length = parts.get(i).remaining();
            if (i % 2 == 1) {
                int kept = Math.min(length, left);
                left -= kept;
                if (kept < length) {
                    gaps[count++] = at + kept;
                    gaps[count++] = length - kept;
                }
            }
            at += length;
        }
        return Arrays.copyOf(gaps, count);
    }

    private static int headerBytes(ByteBuffer frame, Request request, short version) {
        var header = new RequestHeader();
        var in = new WireReader(frame.duplicate());
        header.read(in, request.api().requestHeaderVersion(version));
        return frame.remaining() - in.remaining();
    }
}
