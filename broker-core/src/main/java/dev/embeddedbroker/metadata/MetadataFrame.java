package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.record.metadata.MetadataRecords;
import java.nio.ByteBuffer;

/**
 * How a metadata record lies in the value of a log record.
 *
 * <pre>
 *   unsigned varint   version of this frame, 1
 *   unsigned varint   number of the record's schema
 *   unsigned varint   version of the record
 *   …                 the record
 * </pre>
 */
final class MetadataFrame {

    private static final int FRAME_VERSION = 1;
    private static final int USUAL_SIZE = 128;

    private MetadataFrame() {}

    static byte[] encode(Message record, short version) {
        var out = new WireWriter(USUAL_SIZE);
        out.writeUnsignedVarint(FRAME_VERSION);
        out.writeUnsignedVarint(record.apiKey());
        out.writeUnsignedVarint(version);
        record.write(out, version);
        var bytes = new byte[out.size()];
        out.toByteBuffer().get(bytes);
        return bytes;
    }

    static Message decode(ByteBuffer value) {
        try {
            var in = new WireReader(value);
            int frame = in.readUnsignedVarint();
            if (frame != FRAME_VERSION) {
                throw new CorruptMetadata(
                        "a record in a frame of version " + frame + " (expected: " + FRAME_VERSION + ")");
            }
            int id = in.readUnsignedVarint();
            int version = in.readUnsignedVarint();
            var record = MetadataRecords.newRecord(id);
            if (record == null) throw new CorruptMetadata("a record of the unknown type " + id);
            if (version > record.highestSupportedVersion()) {
                throw new CorruptMetadata("a record of type " + id + " in version " + version + " (expected: at most "
                        + record.highestSupportedVersion() + ")");
            }
            record.read(in, (short) version);
            if (in.remaining() > 0) {
                throw new CorruptMetadata(in.remaining() + " bytes after a record of type " + id);
            }
            return record;
        } catch (MalformedMessage malformed) {
            throw new CorruptMetadata("a record that cannot be read: " + malformed.getMessage(), malformed);
        }
    }
}
