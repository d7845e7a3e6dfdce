package dev.embeddedbroker.protocol.generator;

import java.util.Locale;

/** The type of a schema field. */
sealed interface FieldType {

    /** A type the wire primitives know. */
    enum Primitive implements FieldType {
        BOOL("Boolean", 1),
        INT8("Int8", 1),
        INT16("Int16", 2),
        UINT16("Uint16", 2),
        INT32("Int32", 4),
        UINT32("Uint32", 4),
        INT64("Int64", 8),
        FLOAT64("Float64", 8),
        UUID("Uuid", 16),
        STRING("String", 0),
        BYTES("Bytes", 0),
        RECORDS("Records", 0);

        /** How the methods of WireReader and WireWriter end for it. */
        final String wireName;

        /** 0 for a type that carries its length. */
        final int fixedBytes;

        Primitive(String wireName, int fixedBytes) {
            this.wireName = wireName;
            this.fixedBytes = fixedBytes;
        }

        boolean hasLength() {
            return fixedBytes == 0;
        }
    }

    /** A struct by name: inline fields of the field that names it, or one of the message's commonStructs. */
    record Struct(String name) implements FieldType {}

    /** An array. */
    record Array(FieldType element) implements FieldType {}

    static FieldType parse(String text) {
        if (text.startsWith("[]")) {
            FieldType element = parse(text.substring(2));
            if (element instanceof Array || element == Primitive.RECORDS) {
                throw new SchemaException("type is \"" + text + "\" (expected: an array of scalars or structs)");
            }
            return new Array(element);
        }
        if (!text.isEmpty() && Character.isUpperCase(text.charAt(0))) {
            return new Struct(text);
        }
        try {
            return Primitive.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SchemaException("type is \"" + text + "\" (expected: a known scalar, []type or a struct)", e);
        }
    }

    /** Whether null can be written for it at all. */
    default boolean canBeNull() {
        return !(this instanceof Primitive p) || p.hasLength();
    }
}
