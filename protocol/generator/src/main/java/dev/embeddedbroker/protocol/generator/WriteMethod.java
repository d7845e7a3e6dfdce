package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import dev.embeddedbroker.protocol.generator.FieldType.Primitive;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Writes the {@code write} method of one struct. */
final class WriteMethod {
    private final MessageSchema schema;
    private final StructSchema struct;
    private final Layout layout;
    private final Defaults defaults;
    private final Versions known;
    private final CodeBlock.Builder code = CodeBlock.builder();

    WriteMethod(MessageSchema schema, StructSchema struct) {
        this.schema = schema;
        this.struct = struct;
        this.layout = new Layout(schema);
        this.defaults = new Defaults(schema);
        this.known = layout.known(struct);
    }

    MethodSpec build() {
        if (struct.equals(schema.root())) {
            code.addStatement("checkVersion(version, $L, $L)", known.low(), known.high());
        }
        Versions flexible = layout.flexible().and(known);
        boolean varies = !flexible.isEmpty() && !flexible.equals(known);
        if (varies) {
            code.addStatement("boolean flexible = $L", layout.condition(flexible, known));
        }
        struct.fields().forEach(this::field);
        if (flexible.isEmpty()) {
            code.addStatement("checkNoTaggedFields(version)");
        } else if (varies) {
            code.beginControlFlow("if (flexible)");
            taggedFields(flexible);
            code.nextControlFlow("else");
            code.addStatement("checkNoTaggedFields(version)");
            code.endControlFlow();
        } else {
            taggedFields(flexible);
        }
        return MethodSpec.methodBuilder("write")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(Names.WIRE_WRITER, "out")
                .addParameter(TypeName.SHORT, "version")
                .addCode(code.build())
                .build();
    }

    private void field(FieldSchema field) {
        Versions plain = field.plainVersions().and(known);
        boolean refuse = !field.versions().contains(known) && !field.ignorable();
        if (plain.isEmpty()) {
            if (refuse) {
                code.beginControlFlow("if ($L)", refusal(field));
                refuse(field);
            }
            return;
        }
        if (plain.equals(known)) {
            value(field, plain);
            return;
        }
        code.beginControlFlow("if ($L)", layout.condition(plain, known));
        value(field, plain);
        if (refuse) {
            code.nextControlFlow("else if ($L)", refusal(field));
            refuse(field);
        } else {
            code.endControlFlow();
        }
    }

    /** True when the field is set and the version, which has no plain field for it, has no tagged one either. */
    private CodeBlock refusal(FieldSchema field) {
        Versions tagged = field.taggedVersions().and(known);
        return tagged.isEmpty()
                ? defaults.isSet(field)
                : CodeBlock.of("!($L) && $L", layout.condition(tagged, known), defaults.isSet(field));
    }

    private void refuse(FieldSchema field) {
        code.addStatement("throw notInVersion($S, version)", field.javaName());
        code.endControlFlow();
    }

    private void value(FieldSchema field, Versions where) {
        String name = field.javaName();
        if (field.type() instanceof Primitive primitive) {
            if (primitive.hasLength()) {
                lengthed(field, primitive.wireName, where);
            } else {
                code.addStatement("out.write$L(this.$N)", primitive.wireName, name);
            }
        } else if (field.type() instanceof FieldType.Array array) {
            if (array.element() instanceof Primitive primitive) {
                lengthed(field, ReadMethod.listName(field, primitive), where);
            } else {
                lengthed(field, "ArrayLength", where);
                boolean nullable = !field.nullableVersions().and(where).isEmpty();
                if (nullable) {
                    code.beginControlFlow("if (this.$N != null)", name);
                }
                code.beginControlFlow("for ($T element : this.$N)", Names.typeOf(schema, array.element()), name);
                code.addStatement("element.write(out, version)");
                code.endControlFlow();
                if (nullable) {
                    code.endControlFlow();
                }
            }
        } else {
            oneStruct(field, where);
        }
    }

    private void lengthed(FieldSchema field, String what, Versions where) {
        CodeBlock flexible = layout.flexibleIn(field, where, known);
        Versions nullWhere = field.nullableVersions().and(where);
        String name = field.javaName();
        if (nullWhere.isEmpty() || nullWhere.equals(where)) {
            String nullable = nullWhere.isEmpty() ? "" : "Nullable";
            code.addStatement("out.write$L$L(this.$N, $L)", nullable, what, name, flexible);
            return;
        }
        code.beginControlFlow("if ($L)", layout.condition(nullWhere, where));
        code.addStatement("out.writeNullable$L(this.$N, $L)", what, name, flexible);
        code.nextControlFlow("else");
        code.addStatement("out.write$L(this.$N, $L)", what, name, flexible);
        code.endControlFlow();
    }

    private void oneStruct(FieldSchema field, Versions where) {
        String name = field.javaName();
        Versions nullWhere = field.nullableVersions().and(where);
        if (nullWhere.isEmpty()) {
            code.addStatement("this.$N.write(out, version)", name);
            return;
        }
        CodeBlock mark = field.marksNullByVarint(where)
                ? CodeBlock.of("out.writeUnsignedVarint(this.$N == null ? 0 : 1);\n", name)
                : CodeBlock.of("out.writeInt8((byte) (this.$N == null ? -1 : 1));\n", name);
        if (nullWhere.equals(where)) {
            code.add(mark);
            code.beginControlFlow("if (this.$N != null)", name);
            code.addStatement("this.$N.write(out, version)", name);
            code.endControlFlow();
            return;
        }
        CodeBlock canBeNull = layout.condition(nullWhere, where);
        code.beginControlFlow("if ($L)", canBeNull);
        code.add(mark);
        code.endControlFlow();
        code.beginControlFlow("if (this.$N != null || !($L))", name, canBeNull);
        code.addStatement("this.$N.write(out, version)", name);
        code.endControlFlow();
    }

    private void taggedFields(Versions here) {
        List<FieldSchema> tagged = struct.taggedFields().stream()
                .filter(f -> !f.taggedVersions().and(here).isEmpty())
                .toList();
        if (tagged.isEmpty()) {
            code.addStatement("out.writeUnknownTaggedFields(this.unknownTaggedFields)");
            return;
        }
        code.addStatement("int section = out.startTaggedFields()");
        code.addStatement("int count = 0");
        int from = 0;
        for (FieldSchema field : tagged) {
            code.addStatement("count += out.writeUnknownTags(this.unknownTaggedFields, $L, $L)", from, field.tag());
            from = field.tag() + 1;
            Versions where = field.taggedVersions().and(here);
            CodeBlock set = defaults.isSet(field);
            if (where.equals(here)) {
                code.beginControlFlow("if ($L)", set);
            } else {
                code.beginControlFlow("if ($L && $L)", layout.condition(where, here), set);
            }
            code.addStatement("int start = out.startTaggedField($L)", field.tag());
            value(field, where);
            code.addStatement("out.endTaggedField(start)");
            code.addStatement("count++");
            code.endControlFlow();
        }
        code.addStatement(
                "count += out.writeUnknownTags(this.unknownTaggedFields, $L, $T.MAX_VALUE)", from, Integer.class);
        code.addStatement("out.endTaggedFields(section, count)");
    }
}
