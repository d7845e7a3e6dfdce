package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.Comparator;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Writes one package's factory of records by their schema's number. */
final class RecordsClass {
    private final ClassName name;
    private final TypeSpec.Builder type;

    RecordsClass(ClassName name) {
        this.name = name;
        this.type = TypeSpec.classBuilder(name)
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addJavadoc("Makes the records of this package from the number that precedes them in a log.\n")
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .build());
    }

    RecordsClass factory(String method, List<MessageSchema> schemas) {
        CodeBlock.Builder code = CodeBlock.builder().beginControlFlow("switch (id)");
        schemas.stream()
                .sorted(Comparator.comparingInt(MessageSchema::apiKey))
                .forEach(s -> code.addStatement("case $L: return new $T()", s.apiKey(), Names.classOf(s)));
        code.addStatement("default: return null");
        code.endControlFlow();
        type.addMethod(MethodSpec.methodBuilder(method)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc("A new empty one, or null when the number is not known.\n")
                .addParameter(TypeName.INT, "id")
                .returns(Names.MESSAGE)
                .addCode(code.build())
                .build());
        return this;
    }

    ClassName name() {
        return name;
    }

    TypeSpec build() {
        return type.build();
    }
}
