package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.CodeBlock;
import dev.embeddedbroker.protocol.generator.FieldType.Primitive;
import java.util.ArrayList;

/** The value a field has when nobody set it, and the test whether it still has it. */
final class Defaults {
    private final MessageSchema schema;

    Defaults(MessageSchema schema) {
        this.schema = schema;
    }

    CodeBlock valueOf(FieldSchema field) {
        if (field.defaultIsNull()) {
            if (!field.type().canBeNull()) {
                throw new SchemaException("field " + field.name() + " cannot be null by default");
            }
            return CodeBlock.of("null");
        }
        if (field.type() instanceof Primitive primitive) {
            return scalar(field, primitive);
        }
        if (!field.defaultText().isEmpty()) {
            throw new SchemaException(
                    "default of " + field.name() + " is \"" + field.defaultText() + "\" (expected: null or none)");
        }
        return field.type() instanceof FieldType.Array
                ? CodeBlock.of("new $T<>()", ArrayList.class)
                : CodeBlock.of("new $T()", Names.typeOf(schema, field.type()));
    }

    private static CodeBlock scalar(FieldSchema field, Primitive type) {
        String text = field.defaultText();
        if (!text.isEmpty() && (type == Primitive.UUID || type == Primitive.BYTES)) {
            throw badDefault(field);
        }
        return switch (type) {
            case BOOL -> CodeBlock.of("$L", bool(field));
            case STRING -> CodeBlock.of("$S", text);
            case UUID -> CodeBlock.of("$T.ZERO", Names.UUID);
            case BYTES -> CodeBlock.of("NO_BYTES");
            case RECORDS -> CodeBlock.of("null");
            case FLOAT64 -> CodeBlock.of("$L", text.isEmpty() ? 0.0 : Double.parseDouble(text));
            case UINT32, INT64 -> CodeBlock.of("$LL", number(field, type));
            case INT8, INT16, UINT16, INT32 -> CodeBlock.of("$L", number(field, type));
        };
    }

    private static boolean bool(FieldSchema field) {
        return switch (field.defaultText().toLowerCase(java.util.Locale.ROOT)) {
            case "", "false" -> false;
            case "true" -> true;
            default -> throw badDefault(field);
        };
    }

    private static long number(FieldSchema field, Primitive type) {
        String text = field.defaultText();
        long value;
        try {
            value = text.isEmpty() ? 0 : Long.decode(text);
        } catch (NumberFormatException e) {
            throw badDefault(field);
        }
        int bits = type.fixedBytes * 8;
        boolean unsigned = type == Primitive.UINT16 || type == Primitive.UINT32;
        long low = unsigned ? 0 : -1L << (bits - 1);
        long high = unsigned ? (1L << bits) - 1 : ~low;
        if (value < low || value > high) {
            throw badDefault(field);
        }
        return value;
    }

    private static SchemaException badDefault(FieldSchema field) {
        return new SchemaException("default of " + field.name() + " is \"" + field.defaultText() + "\" (expected: a "
                + field.type() + ")");
    }

    /** An expression that is true while the field has its default. */
    CodeBlock isDefault(FieldSchema field) {
        return test(field, true);
    }

    /** An expression that is true once the field differs from its default. */
    CodeBlock isSet(FieldSchema field) {
        return test(field, false);
    }

    private CodeBlock test(FieldSchema field, boolean equal) {
        String name = field.javaName();
        if (field.defaultIsNull()) {
            return CodeBlock.of(equal ? "this.$N == null" : "this.$N != null", name);
        }
        boolean guard = field.nullable();
        CodeBlock same;
        if (field.type() instanceof Primitive primitive) {
            switch (primitive) {
                case BOOL -> {
                    return CodeBlock.of(bool(field) == equal ? "this.$N" : "!this.$N", name);
                }
                case INT8, INT16, UINT16, INT32, UINT32, INT64, FLOAT64 -> {
                    return CodeBlock.of(equal ? "this.$N == $L" : "this.$N != $L", name, valueOf(field));
                }
                case STRING ->
                    same = field.defaultText().isEmpty()
                            ? CodeBlock.of("this.$N.isEmpty()", name)
                            : CodeBlock.of("this.$N.equals($S)", name, field.defaultText());
                case UUID -> same = CodeBlock.of("this.$N.equals($T.ZERO)", name, Names.UUID);
                case BYTES -> same = CodeBlock.of("(this.$N.length == 0)", name);
                default -> throw new IllegalStateException("records default to null");
            }
        } else {
            same = CodeBlock.of(
                    field.type() instanceof FieldType.Array ? "this.$N.isEmpty()" : "this.$N.isDefault()", name);
        }
        if (!guard) {
            return equal ? same : CodeBlock.of("!$L", same);
        }
        return equal
                ? CodeBlock.of("this.$N != null && $L", name, same)
                : CodeBlock.of("(this.$N == null || !$L)", name, same);
    }
}
