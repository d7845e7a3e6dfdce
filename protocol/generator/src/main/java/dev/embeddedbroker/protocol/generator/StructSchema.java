package dev.embeddedbroker.protocol.generator;

import java.util.List;

/** A struct: its fields in wire order. */
record StructSchema(String name, String about, List<FieldSchema> fields) {
    List<FieldSchema> taggedFields() {
        return fields.stream()
                .filter(f -> !f.taggedVersions().isEmpty())
                .sorted((a, b) -> Integer.compare(a.tag(), b.tag()))
                .toList();
    }
}
