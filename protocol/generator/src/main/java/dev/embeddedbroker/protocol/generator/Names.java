package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import dev.embeddedbroker.protocol.generator.FieldType.Primitive;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/** Where every class goes, and the Java type of every schema type. */
final class Names {
    static final String ROOT = "dev.embeddedbroker.protocol";
    static final ClassName STRUCT = ClassName.get(ROOT, "Struct");
    static final ClassName MESSAGE = ClassName.get(ROOT, "Message");
    static final ClassName REQUEST = ClassName.get(ROOT, "Request");
    static final ClassName RESPONSE = ClassName.get(ROOT, "Response");
    static final ClassName WIRE_READER = ClassName.get(ROOT, "WireReader");
    static final ClassName WIRE_WRITER = ClassName.get(ROOT, "WireWriter");
    static final ClassName MALFORMED = ClassName.get(ROOT, "MalformedMessage");
    static final ClassName UUID = ClassName.get(ROOT, "Uuid");
    static final ClassName API_KEY = ClassName.get(ROOT, "ApiKey");
    static final ClassName LIST = ClassName.get(List.class);

    private static final Set<String> GROUP_DATA = Set.of("ConsumerProtocolAssignment", "ConsumerProtocolSubscription");

    private Names() {}

    static String packageOf(MessageSchema schema) {
        return switch (schema.kind()) {
            case REQUEST -> ROOT + ".request";
            case RESPONSE -> ROOT + ".response";
            case HEADER -> ROOT + ".header";
            default -> ROOT + ".record." + recordFamily(schema);
        };
    }

    private static String recordFamily(MessageSchema schema) {
        return switch (schema.artifact()) {
            case "kafka-group-coordinator" -> "group";
            case "kafka-transaction-coordinator" -> "txn";
            case "kafka-share-coordinator" -> "share";
            case "kafka-metadata" -> "metadata";
            case "kafka-raft", "kafka-storage" -> "log";
            case "kafka-clients" ->
                GROUP_DATA.contains(schema.name())
                        ? "group"
                        : schema.name().equals("DefaultPrincipalData") ? "metadata" : "log";
            default ->
                throw new SchemaException(
                        "artifact is " + schema.artifact() + " (expected: one the generator has a package for)");
        };
    }

    static ClassName classOf(MessageSchema schema) {
        return ClassName.get(packageOf(schema), schema.name());
    }

    static TypeName typeOf(MessageSchema schema, FieldType type) {
        if (type instanceof FieldType.Array array) {
            return ParameterizedTypeName.get(
                    LIST, typeOf(schema, array.element()).box());
        }
        if (type instanceof FieldType.Struct struct) {
            return classOf(schema).nestedClass(struct.name());
        }
        return switch ((Primitive) type) {
            case BOOL -> TypeName.BOOLEAN;
            case INT8 -> TypeName.BYTE;
            case INT16 -> TypeName.SHORT;
            case UINT16, INT32 -> TypeName.INT;
            case UINT32, INT64 -> TypeName.LONG;
            case FLOAT64 -> TypeName.DOUBLE;
            case UUID -> UUID;
            case STRING -> ClassName.get(String.class);
            case BYTES -> ArrayTypeName.of(TypeName.BYTE);
            case RECORDS -> ClassName.get(ByteBuffer.class);
        };
    }
}
