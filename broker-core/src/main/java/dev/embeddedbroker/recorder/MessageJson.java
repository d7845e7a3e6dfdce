package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message as JSON: the fields that its version has under their names, ids as Kafka prints them, bytes as base64.
 * Of records their batches are told.
 */
final class MessageJson {

    private final JsonWriter out;
    private final short version;
    private final Fields fields;

    MessageJson(JsonWriter out, short version, Fields fields) {
        this.fields = fields;
        this.out = out;
        this.version = version;
    }

    void write(Struct struct) {
        out.beginObject();
        for (Field field : fields.of(struct, version)) {
            out.name(field.getName());
            write(valueOf(field, struct));
        }
        var unknown = struct.unknownTaggedFields;
        if (unknown != null && !unknown.isEmpty()) {
            out.name("unknownTaggedFields").literal(unknown.size());
        }
        out.endObject();
    }

    private static @Nullable Object valueOf(Field field, Struct struct) {
        try {
            return field.get(struct);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " can't be read (expected: a public field)", e);
        }
    }

    private void write(@Nullable Object value) {
        if (value instanceof Struct struct) {
            write(struct);
        } else if (value instanceof List<?> list) {
            out.beginArray();
            list.forEach(this::write);
            out.endArray();
        } else if (value instanceof byte[] bytes) {
            out.value(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof ByteBuffer records) {
            writeRecords(records);
        } else if (value instanceof String || value instanceof Uuid) {
            out.value(value.toString());
        } else {
            out.literal(value);
        }
    }

    private void writeRecords(ByteBuffer records) {
        out.beginObject().name("sizeInBytes").literal(records.remaining());
        out.name("batches").beginArray();
        for (RecordBatchView batch : Batches.of(records)) {
            out.beginObject();
            out.name("baseOffset").literal(batch.baseOffset());
            out.name("lastOffset").literal(batch.lastOffset());
            out.name("records").literal(batch.recordCount());
            out.name("maxTimestamp").literal(batch.maxTimestamp());
            out.name("compression").literal(batch.compressionId());
            out.name("producerId").literal(batch.producerId());
            out.name("producerEpoch").literal(batch.producerEpoch());
            out.name("baseSequence").literal(batch.baseSequence());
            out.name("transactional").literal(batch.isTransactional());
            out.name("control").literal(batch.isControl());
            out.endObject();
        }
        out.endArray().endObject();
    }
}
