package dev.embeddedbroker.protocol.generator;

import java.util.Locale;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/**
 * One field of a struct as its schema describes it. {@code entityType}, {@code mapKey} and {@code zeroCopy} are not kept:
 * they choose Java types in Apache Kafka's classes and change nothing on the wire.
 *
 * @param tag the tag of a tagged field, −1 without one
 * @param taggedVersions where the field is tagged; it is a plain field in the rest of {@code versions}
 * @param flexibleVersions where lengths are compact, when it differs from the message's; null when it does not
 * @param defaultText as in the schema, {@code ""} where absent
 */
record FieldSchema(
        String name,
        FieldType type,
        Versions versions,
        Versions nullableVersions,
        Versions taggedVersions,
        int tag,
        @Nullable Versions flexibleVersions,
        String defaultText,
        boolean ignorable,
        String about) {

    FieldSchema {
        if (!taggedVersions.isEmpty() && tag < 0) {
            throw new SchemaException("field " + name + " has taggedVersions and no tag");
        }
        if (!versions.contains(taggedVersions)) {
            throw new SchemaException(
                    "field " + name + " is tagged in " + taggedVersions + " and exists in " + versions);
        }
        if (!nullableVersions.isEmpty() && !type.canBeNull()) {
            throw new SchemaException("field " + name + " cannot be null (expected: a string, bytes, array or struct)");
        }
    }

    String javaName() {
        String lower = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
        return SourceVersion.isKeyword(lower) ? lower + "_" : lower;
    }

    /** Versions in which the field stands among the plain fields. */
    Versions plainVersions() {
        return versions.minus(taggedVersions);
    }

    boolean defaultIsNull() {
        return defaultText.equals("null") || type == FieldType.Primitive.RECORDS;
    }

    /**
     * Whether a null struct in {@code where} is marked by a varint 0 rather than an int8 −1. Apache Kafka does so for
     * tagged structs, though its KIP-893 does not say it.
     */
    boolean marksNullByVarint(Versions where) {
        return taggedVersions.contains(where);
    }

    boolean nullable() {
        return !nullableVersions.isEmpty() || defaultIsNull();
    }
}
