package dev.embeddedbroker.recorder;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Writes the pcapng capture file format: a section, one Ethernet interface with times in nanoseconds, packets. */
final class PcapngWriter {

    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final short LINK_ETHERNET = 1;
    private static final short OPTION_COMMENT = 1;
    private static final short OPTION_TIME_RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;
    private static final int BLOCK_BYTES = 12;

    private final OutputStream out;

    PcapngWriter(OutputStream out) {
        this.out = out;
    }

    void section(String comment) throws IOException {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        var body = body(16 + 4 + padded(text.length) + 4);
        body.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        body.putShort(OPTION_COMMENT).putShort((short) text.length).put(text);
        body.position(16 + 4 + padded(text.length));
        body.putInt(0);
        block(SECTION_HEADER, body);
        var description = body(8 + 8 + 4);
        description.putShort(LINK_ETHERNET).putShort((short) 0).putInt(0);
        description.putShort(OPTION_TIME_RESOLUTION).putShort((short) 1).put(NANOSECONDS);
        description.position(16);
        description.putInt(0);
        block(INTERFACE_DESCRIPTION, description);
    }

    void packet(Instant at, byte[] bytes) throws IOException {
        long nanos = at.getEpochSecond() * 1_000_000_000L + at.getNano();
        var body = body(20 + padded(bytes.length));
        body.putInt(0).putInt((int) (nanos >>> 32)).putInt((int) nanos);
        body.putInt(bytes.length).putInt(bytes.length).put(bytes);
        body.position(body.limit());
        block(ENHANCED_PACKET, body);
    }

    private void block(int type, ByteBuffer body) throws IOException {
        int length = BLOCK_BYTES + body.limit();
        var bytes = new byte[length];
        var block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        block.putInt(type).putInt(length).put(body.flip()).putInt(length);
        out.write(bytes);
    }

    private static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int padded(int bytes) {
        return (bytes + 3) & ~3;
    }
}
