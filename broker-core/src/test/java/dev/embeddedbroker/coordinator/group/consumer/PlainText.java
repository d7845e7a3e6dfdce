package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** Messages as text that is the same whenever they mean the same: lists in order of their text, embedded bytes read. */
final class PlainText {
    private final Set<String> leftOut;

    /** @param leftOut fields that are nobody's business */
    PlainText(Set<String> leftOut) {
        this.leftOut = leftOut;
    }

    /** Kafka's message as one of ours, through the bytes of this version. */
    static <M extends Message> M ours(ApiMessage kafkas, int version, M into) {
        var bytes = MessageUtil.toByteBufferAccessor(kafkas, (short) version).buffer();
        into.read(new WireReader(bytes.slice()), (short) version);
        return into;
    }

    /** Our message as one of Kafka's, through the bytes of this version. */
    static <M extends ApiMessage> M kafkas(Message ours, int version, M into) {
        var out = new WireWriter(128);
        ours.write(out, (short) version);
        into.read(new ByteBufferAccessor(out.toByteBuffer()), (short) version);
        return into;
    }

    String of(Object value) {
        if (value instanceof List<?> list) {
            var texts = new ArrayList<String>();
            list.forEach(element -> texts.add(of(element)));
            texts.sort(null);
            return texts.toString();
        } else if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        } else if (value instanceof Struct struct) {
            return fields(struct);
        }
        return String.valueOf(value);
    }

    private String fields(Struct struct) {
        var fields = new TreeMap<String, String>();
        for (Field field : struct.getClass().getFields()) {
            if (Modifier.isStatic(field.getModifiers()) || leftOut.contains(field.getName())) {
                continue;
            }
            try {
                Object value = field.get(struct);
                boolean isEmbedded = field.getName().equals("assignment") && value instanceof byte[];
                fields.put(field.getName(), isEmbedded ? assignment((byte[]) value) : of(value));
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        return fields.toString();
    }

    private String assignment(byte[] bytes) {
        if (bytes.length == 0) {
            return "nothing";
        }
        try {
            var message = new dev.embeddedbroker.protocol.record.group.ConsumerProtocolAssignment();
            short version = ByteBuffer.wrap(bytes).getShort();
            message.read(
                    new WireReader(ByteBuffer.wrap(bytes, 2, bytes.length - 2).slice()), version);
            message.assignedPartitions.removeIf(topic -> topic.partitions.isEmpty());
            return "v" + version + of(message);
        } catch (MalformedMessage e) {
            return HexFormat.of().formatHex(bytes);
        }
    }
}
