package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.HashSet;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** Writes the class of one message: public fields, chainable setters, read and write, a nested class per struct. */
final class StructClass {
    private final MessageSchema schema;
    private final Defaults defaults;
    private final Set<String> comparedWithDefault = new HashSet<>();

    StructClass(MessageSchema schema) {
        this.schema = schema;
        this.defaults = new Defaults(schema);
        Layout layout = new Layout(schema);
        findCompared(schema.root(), layout);
        schema.structs().values().forEach(s -> findCompared(s, layout));
    }

    private void findCompared(StructSchema struct, Layout layout) {
        for (FieldSchema field : struct.fields()) {
            if (!field.plainVersions().contains(layout.known(struct))) {
                compareWithDefault(field);
            }
        }
    }

    private void compareWithDefault(FieldSchema field) {
        if (field.type() instanceof FieldType.Struct named
                && !field.defaultIsNull()
                && comparedWithDefault.add(named.name())) {
            schema.struct(named.name()).fields().forEach(this::compareWithDefault);
        }
    }

    TypeSpec build() {
        ClassName name = Names.classOf(schema);
        TypeSpec.Builder type = struct(schema.root(), name)
                .addSuperinterface(
                        switch (schema.kind()) {
                            case REQUEST -> Names.REQUEST;
                            case RESPONSE -> Names.RESPONSE;
                            default -> Names.MESSAGE;
                        })
                .addMethod(constant(
                        "lowestSupportedVersion", schema.validVersions().low()))
                .addMethod(constant(
                        "highestSupportedVersion", schema.validVersions().high()))
                .addMethod(constant("apiKey", schema.apiKey()));
        type.addJavadoc("{@code $L}, versions $L", schema.name(), schema.validVersions());
        if (!schema.flexibleVersions().isEmpty()) {
            type.addJavadoc(" (flexible: $L)", schema.flexibleVersions());
        }
        type.addJavadoc(".\n");
        for (StructSchema nested : schema.structs().values()) {
            TypeSpec.Builder inner = struct(nested, name.nestedClass(nested.name()))
                    .addModifiers(Modifier.STATIC)
                    .addJavadoc(
                            "$L\n", nested.about().isEmpty() ? "{@code " + nested.name() + "}." : text(nested.about()));
            type.addType(inner.build());
        }
        return type.build();
    }

    private TypeSpec.Builder struct(StructSchema struct, ClassName self) {
        TypeSpec.Builder type = TypeSpec.classBuilder(self)
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .superclass(Names.STRUCT);
        for (FieldSchema field : struct.fields()) {
            type.addField(FieldSpec.builder(Names.typeOf(schema, field.type()), field.javaName(), Modifier.PUBLIC)
                    .initializer(defaults.valueOf(field))
                    .addJavadoc("$L\n", about(field))
                    .build());
        }
        for (FieldSchema field : struct.fields()) {
            type.addMethod(setter(field, self));
        }
        type.addMethod(new ReadMethod(schema, struct).build());
        type.addMethod(new WriteMethod(schema, struct).build());
        if (!struct.equals(schema.root()) && comparedWithDefault.contains(struct.name())) {
            type.addMethod(isDefault(struct));
        }
        return type;
    }

    private MethodSpec setter(FieldSchema field, ClassName self) {
        return MethodSpec.methodBuilder(setterName(field))
                .addModifiers(Modifier.PUBLIC)
                .returns(self)
                .addParameter(Names.typeOf(schema, field.type()), field.javaName())
                .addStatement("this.$N = $N", field.javaName(), field.javaName())
                .addStatement("return this")
                .build();
    }

    /** Schemas of coordinators begin some names in lower case. */
    private static String setterName(FieldSchema field) {
        return "set" + Character.toUpperCase(field.name().charAt(0))
                + field.name().substring(1);
    }

    private MethodSpec isDefault(StructSchema struct) {
        CodeBlock.Builder all = CodeBlock.builder().add("return hasNoUnknownTaggedFields()");
        for (FieldSchema field : struct.fields()) {
            all.add("\n&& $L", defaults.isDefault(field));
        }
        return MethodSpec.methodBuilder("isDefault")
                .returns(TypeName.BOOLEAN)
                .addCode("$[$L;\n$]", all.build())
                .build();
    }

    private static MethodSpec constant(String name, int value) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(TypeName.SHORT)
                .addStatement("return $L", value)
                .build();
    }

    private static String about(FieldSchema field) {
        StringBuilder text = new StringBuilder(text(field.about()));
        if (text.isEmpty()) {
            text.append(field.javaName()).append('.');
        }
        text.append(" Versions ").append(field.versions());
        if (!field.taggedVersions().isEmpty()) {
            text.append(", tag ").append(field.tag()).append(" in ").append(field.taggedVersions());
        }
        if (!field.nullableVersions().isEmpty()) {
            text.append(", null allowed in ").append(field.nullableVersions());
        }
        return text.append(field.ignorable() ? ", dropped silently elsewhere." : ".")
                .toString();
    }

    private static String text(String about) {
        return about.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;");
    }
}
