package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.CodeBlock;
import dev.embeddedbroker.protocol.generator.FieldType.Primitive;
import java.util.List;
import java.util.stream.Stream;

/** Questions about one message's wire layout: in which versions, how compact, how small at least. */
final class Layout {
    private final MessageSchema schema;

    Layout(MessageSchema schema) {
        this.schema = schema;
    }

    Versions flexible() {
        return schema.flexibleVersions().and(schema.validVersions());
    }

    /** The {@code flexible} argument of a wire primitive for a field that is read or written in {@code where}. */
    CodeBlock flexibleIn(FieldSchema field, Versions where, Versions known) {
        Versions compact = field.flexibleVersions() == null ? flexible() : field.flexibleVersions();
        if (compact.contains(where)) {
            return CodeBlock.of("true");
        }
        if (compact.and(where).isEmpty()) {
            return CodeBlock.of("false");
        }
        return field.flexibleVersions() == null ? CodeBlock.of("flexible") : condition(compact, known);
    }

    /** The versions in which a struct can occur: its message's versions, narrowed to those of the fields that hold it. */
    Versions known(StructSchema struct) {
        if (struct.equals(schema.root())) {
            return schema.validVersions();
        }
        Versions hull = Versions.NONE;
        for (StructSchema parent : holders(struct)) {
            for (FieldSchema field : parent.fields()) {
                if (holds(field, struct)) {
                    Versions use = field.versions().and(known(parent));
                    hull = hull.isEmpty()
                            ? use
                            : use.isEmpty()
                                    ? hull
                                    : new Versions(Math.min(hull.low(), use.low()), Math.max(hull.high(), use.high()));
                }
            }
        }
        return hull;
    }

    private List<StructSchema> holders(StructSchema struct) {
        return Stream.concat(Stream.of(schema.root()), schema.structs().values().stream())
                .filter(s -> s.fields().stream().anyMatch(f -> holds(f, struct)))
                .toList();
    }

    private static boolean holds(FieldSchema field, StructSchema struct) {
        FieldType element = field.type() instanceof FieldType.Array array ? array.element() : field.type();
        return element instanceof FieldType.Struct named && named.name().equals(struct.name());
    }

    /** A test of {@code version} that is true exactly in {@code wanted}, given that it is in {@code known}. */
    CodeBlock condition(Versions wanted, Versions known) {
        Versions inside = wanted.and(known);
        if (inside.isEmpty()) {
            return CodeBlock.of("false");
        }
        if (inside.equals(known)) {
            return CodeBlock.of("true");
        }
        if (inside.low() == inside.high()) {
            return CodeBlock.of("version == $L", inside.low());
        }
        if (inside.low() == known.low()) {
            return CodeBlock.of("version <= $L", inside.high());
        }
        if (inside.high() == known.high()) {
            return CodeBlock.of("version >= $L", inside.low());
        }
        return CodeBlock.of("version >= $L && version <= $L", inside.low(), inside.high());
    }

    /** The fewest bytes one value takes in any version of {@code where}; at least 1. */
    int fewestBytes(FieldType element, Versions where) {
        int fewest = Integer.MAX_VALUE;
        Versions inside = where.and(schema.validVersions());
        for (int version = inside.low(); version <= inside.high(); version++) {
            fewest = Math.min(fewest, bytesAt(element, version));
        }
        return fewest == Integer.MAX_VALUE ? 1 : Math.max(1, fewest);
    }

    private int bytesAt(FieldType type, int version) {
        boolean compact = schema.flexibleVersions().contains(version);
        if (type instanceof Primitive primitive) {
            return primitive.hasLength() ? lengthBytes(primitive == Primitive.STRING, compact) : primitive.fixedBytes;
        }
        if (type instanceof FieldType.Array) {
            return lengthBytes(false, compact);
        }
        int sum = compact ? 1 : 0;
        for (FieldSchema field : schema.struct(((FieldType.Struct) type).name()).fields()) {
            if (field.plainVersions().contains(version)) {
                boolean marked = field.type() instanceof FieldType.Struct
                        && field.nullableVersions().contains(version);
                sum += marked ? 1 : bytesAt(field.type(), version);
            }
        }
        return sum;
    }

    private static int lengthBytes(boolean string, boolean compact) {
        return compact ? 1 : string ? 2 : 4;
    }
}
