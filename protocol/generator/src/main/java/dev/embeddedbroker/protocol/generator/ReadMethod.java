package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import dev.embeddedbroker.protocol.generator.FieldType.Primitive;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/**
 * Writes the {@code read} method of one struct.
 *
 * <p>The path of a malformed field costs the good path nothing but two local variables: {@code field} numbers the field
 * being read and {@code index} its element, and only the handler at the end looks at them.
 */
final class ReadMethod {
    private final MessageSchema schema;
    private final StructSchema struct;
    private final Layout layout;
    private final Defaults defaults;
    private final Versions known;
    private final CodeBlock.Builder code = CodeBlock.builder();

    ReadMethod(MessageSchema schema, StructSchema struct) {
        this.schema = schema;
        this.struct = struct;
        this.layout = new Layout(schema);
        this.defaults = new Defaults(schema);
        this.known = layout.known(struct);
    }

    MethodSpec build() {
        boolean root = struct.equals(schema.root());
        if (root) {
            code.addStatement("checkVersion(version, $L, $L)", known.low(), known.high());
        }
        CodeBlock flexible = layout.condition(layout.flexible(), known);
        boolean varies =
                !layout.flexible().and(known).isEmpty() && !layout.flexible().contains(known);
        if (varies) {
            code.addStatement("boolean flexible = $L", flexible);
        }
        code.addStatement("int field = 0");
        code.addStatement("int index = -1");
        code.beginControlFlow("try");
        for (int i = 0; i < struct.fields().size(); i++) {
            field(i, struct.fields().get(i));
        }
        code.addStatement("this.unknownTaggedFields = null");
        if (!layout.flexible().and(known).isEmpty()) {
            if (varies) {
                code.beginControlFlow("if (flexible)");
            }
            taggedFields();
            if (varies) {
                code.endControlFlow();
            }
        }
        code.nextControlFlow("catch ($T e)", Names.MALFORMED);
        String names = struct.fields().stream().map(FieldSchema::javaName).collect(Collectors.joining(","));
        if (root) {
            code.addStatement("throw located(e, $S, field, index, version)", names);
        } else {
            code.addStatement("throw located(e, $S, field, index)", names);
        }
        code.endControlFlow();
        return MethodSpec.methodBuilder("read")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(Names.WIRE_READER, "in")
                .addParameter(TypeName.SHORT, "version")
                .addCode(code.build())
                .build();
    }

    private void field(int number, FieldSchema field) {
        Versions plain = field.plainVersions().and(known);
        if (plain.isEmpty()) {
            reset(field);
            return;
        }
        boolean always = plain.equals(known);
        if (!always) {
            code.beginControlFlow("if ($L)", layout.condition(plain, known));
        }
        code.addStatement("field = $L", number);
        value(field, plain);
        if (!always) {
            code.nextControlFlow("else");
            reset(field);
            code.endControlFlow();
        }
    }

    private void reset(FieldSchema field) {
        code.addStatement("this.$N = $L", field.javaName(), defaults.valueOf(field));
    }

    private void value(FieldSchema field, Versions where) {
        if (field.type() instanceof Primitive primitive) {
            if (primitive.hasLength()) {
                lengthed(field, primitive.wireName, where);
            } else {
                code.addStatement("this.$N = in.read$L()", field.javaName(), primitive.wireName);
            }
        } else if (field.type() instanceof FieldType.Array array) {
            if (array.element() instanceof Primitive primitive) {
                lengthed(field, listName(field, primitive), where);
            } else {
                structs(field, array.element(), where);
            }
        } else {
            oneStruct(field, where);
        }
    }

    static String listName(FieldSchema field, Primitive element) {
        return switch (element) {
            case INT8, INT16, INT32, INT64, UUID, STRING -> element.wireName + "List";
            default ->
                throw new SchemaException("field " + field.name() + " is an array of " + element
                        + " (expected: a type the wire primitives have lists of)");
        };
    }

    /** {@code readX(flexible)}, {@code readNullableX(flexible)}, or a choice between them by version. */
    private CodeBlock lengthedCall(FieldSchema field, String what, Versions where, CodeBlock moreArguments) {
        CodeBlock flexible = layout.flexibleIn(field, where, known);
        CodeBlock plain = CodeBlock.of("in.read$L($L$L)", what, flexible, moreArguments);
        CodeBlock nullable = CodeBlock.of("in.readNullable$L($L$L)", what, flexible, moreArguments);
        Versions nullWhere = field.nullableVersions().and(where);
        if (nullWhere.isEmpty()) {
            return plain;
        }
        return nullWhere.equals(where)
                ? nullable
                : CodeBlock.of("$L ? $L : $L", layout.condition(nullWhere, where), nullable, plain);
    }

    private void lengthed(FieldSchema field, String what, Versions where) {
        code.addStatement("this.$N = $L", field.javaName(), lengthedCall(field, what, where, CodeBlock.of("")));
    }

    private void structs(FieldSchema field, FieldType element, Versions where) {
        TypeName type = Names.typeOf(schema, element);
        CodeBlock fewest = CodeBlock.of(", $L", layout.fewestBytes(element, where));
        code.add("{\n$>");
        code.addStatement("int count = $L", lengthedCall(field, "ArrayLength", where, fewest));
        boolean nullable = !field.nullableVersions().and(where).isEmpty();
        if (nullable) {
            code.beginControlFlow("if (count < 0)");
            code.addStatement("this.$N = null", field.javaName());
            code.nextControlFlow("else");
        }
        code.addStatement("$T<$T> list = new $T<>(count)", List.class, type, ArrayList.class);
        code.beginControlFlow("for (index = 0; index < count; index++)");
        code.addStatement("$T element = new $T()", type, type);
        code.addStatement("element.read(in, version)");
        code.addStatement("list.add(element)");
        code.endControlFlow();
        code.addStatement("index = -1");
        code.addStatement("this.$N = list", field.javaName());
        if (nullable) {
            code.endControlFlow();
        }
        code.add("$<}\n");
    }

    private void oneStruct(FieldSchema field, Versions where) {
        TypeName type = Names.typeOf(schema, field.type());
        Versions nullWhere = field.nullableVersions().and(where);
        if (!nullWhere.isEmpty()) {
            String isNull = field.marksNullByVarint(where) ? "in.readUnsignedVarint() <= 0" : "in.readInt8() < 0";
            if (nullWhere.equals(where)) {
                code.beginControlFlow("if ($L)", isNull);
            } else {
                code.beginControlFlow("if ($L && $L)", layout.condition(nullWhere, where), isNull);
            }
            code.addStatement("this.$N = null", field.javaName());
            code.nextControlFlow("else");
        } else {
            code.add("{\n$>");
        }
        code.addStatement("$T struct = new $T()", type, type);
        code.addStatement("struct.read(in, version)");
        code.addStatement("this.$N = struct", field.javaName());
        code.add("$<}\n");
    }

    private void taggedFields() {
        List<FieldSchema> tagged = struct.taggedFields().stream()
                .filter(f -> !f.taggedVersions().and(known).isEmpty())
                .toList();
        code.addStatement("field = -1");
        if (tagged.isEmpty()) {
            code.addStatement("this.unknownTaggedFields = in.readUnknownTaggedFields()");
            return;
        }
        Versions here = layout.flexible().and(known);
        code.beginControlFlow("for (int left = in.readTaggedFieldCount(); left > 0; left--)");
        code.addStatement("field = -1");
        code.addStatement("int tag = in.readUnsignedVarint()");
        code.addStatement("int size = in.readUnsignedVarint()");
        code.beginControlFlow("switch (tag)");
        for (FieldSchema field : tagged) {
            Versions where = field.taggedVersions().and(known);
            code.add("case $L -> {\n$>", field.tag());
            if (!where.contains(here)) {
                code.beginControlFlow("if (!($L))", layout.condition(where, here));
                code.addStatement("throw in.tagNotInVersion(tag, version)");
                code.endControlFlow();
            }
            code.addStatement("field = $L", struct.fields().indexOf(field));
            value(field, where.and(here));
            code.add("$<}\n");
        }
        code.addStatement(
                "default -> this.unknownTaggedFields = in.readUnknownTaggedField(this.unknownTaggedFields, tag, size)");
        code.endControlFlow();
        code.endControlFlow();
    }
}
