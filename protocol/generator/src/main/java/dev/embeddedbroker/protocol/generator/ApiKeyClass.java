package dev.embeddedbroker.protocol.generator;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.embeddedbroker.protocol.generator.MessageSchema.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/**
 * Writes the {@code ApiKey} enum; only its two factory switches mention message classes, so loading it loads none. That
 * holds as long as each case returns by itself: as one expression, some compilers give the cases their common superclass,
 * and to check that the JVM loads every one of them.
 */
final class ApiKeyClass {
    private static final int API_VERSIONS = 18;
    private static final String JAVADOC = """
            The kinds of request, with their numbers and versions.

            <p>A key without versions is one that Apache Kafka has withdrawn.""";

    private final List<MessageSchema> requests;
    private final Map<Integer, MessageSchema> responses;

    ApiKeyClass(List<MessageSchema> schemas) {
        this.requests = schemas.stream()
                .filter(s -> s.kind() == Kind.REQUEST)
                .sorted(Comparator.comparingInt(MessageSchema::apiKey))
                .toList();
        this.responses = schemas.stream()
                .filter(s -> s.kind() == Kind.RESPONSE)
                .collect(Collectors.toMap(MessageSchema::apiKey, Function.identity()));
        for (int i = 0; i < requests.size(); i++) {
            MessageSchema request = requests.get(i);
            MessageSchema response = responses.get(i);
            if (request.apiKey() != i) {
                throw new SchemaException("api key " + i + " is missing (next: " + request.name() + ")");
            }
            if (response == null
                    || !response.validVersions().equals(request.validVersions())
                    || !response.flexibleVersions().equals(request.flexibleVersions())) {
                throw new SchemaException(request.name() + " and its response differ in versions");
            }
        }
    }

    /** {@code OffsetForLeaderEpochRequest} gives {@code OFFSET_FOR_LEADER_EPOCH}. */
    static String constantName(String requestName) {
        String base = requestName.replaceFirst("Request$", "");
        return base.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    TypeSpec build() {
        TypeSpec.Builder type = TypeSpec.enumBuilder(Names.API_KEY)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L\n", JAVADOC);
        for (MessageSchema request : requests) {
            type.addEnumConstant(constantName(request.name()), constant(request));
        }
        type.addField(FieldSpec.builder(ArrayTypeName.of(Names.API_KEY), "BY_ID")
                .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("values()")
                .build());
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder();
        for (String field : List.of("oldest", "latest", "latestStable", "firstFlexible")) {
            type.addField(TypeName.SHORT, field, Modifier.PRIVATE, Modifier.FINAL);
            constructor.addParameter(TypeName.INT, field).addStatement("this.$N = (short) $N", field, field);
        }
        for (String field : List.of("onBroker", "onController")) {
            type.addField(TypeName.BOOLEAN, field, Modifier.PRIVATE, Modifier.FINAL);
            constructor.addParameter(TypeName.BOOLEAN, field).addStatement("this.$N = $N", field, field);
        }
        return type.addMethod(constructor.build())
                .addMethod(method("id", TypeName.SHORT, "The number on the wire.")
                        .addStatement("return (short) ordinal()")
                        .build())
                .addMethod(method("forId", Names.API_KEY, "The key with this number, or null when there is none.")
                        .addModifiers(Modifier.STATIC)
                        .addParameter(TypeName.INT, "id")
                        .addStatement("return id >= 0 && id < BY_ID.length ? BY_ID[id] : null")
                        .build())
                .addMethod(method("hasVersions", TypeName.BOOLEAN, "False for a withdrawn key.")
                        .addStatement("return oldest <= latest")
                        .build())
                .addMethod(method("oldestVersion", TypeName.SHORT, "The oldest version there is a codec for.")
                        .addStatement("return oldest")
                        .build())
                .addMethod(method(
                                "latestVersion",
                                TypeName.SHORT,
                                "The latest version there is a codec for, stable or not; below oldestVersion for a withdrawn key.")
                        .addStatement("return latest")
                        .build())
                .addMethod(method("latestStableVersion", TypeName.SHORT, "The latest version that may be advertised.")
                        .addStatement("return latestStable")
                        .build())
                .addMethod(method("onBroker", TypeName.BOOLEAN, "Whether brokers serve it to clients.")
                        .addStatement("return onBroker")
                        .build())
                .addMethod(method("onController", TypeName.BOOLEAN, "Whether controllers serve it.")
                        .addStatement("return onController")
                        .build())
                .addMethod(method("isFlexible", TypeName.BOOLEAN, "Whether this version has tagged fields (KIP-482).")
                        .addParameter(TypeName.SHORT, "version")
                        .addStatement("return version >= firstFlexible")
                        .build())
                .addMethod(method("requestHeaderVersion", TypeName.SHORT, "The version of its request header.")
                        .addParameter(TypeName.SHORT, "version")
                        .addStatement("return (short) (isFlexible(version) ? 2 : 1)")
                        .build())
                .addMethod(method(
                                "responseHeaderVersion",
                                TypeName.SHORT,
                                "The version of its response header; always 0 for API_VERSIONS, whose client cannot know better (KIP-511).")
                        .addParameter(TypeName.SHORT, "version")
                        .addStatement("return (short) (isFlexible(version) && id() != $L ? 1 : 0)", API_VERSIONS)
                        .build())
                .addMethod(factory("newRequest", Names.REQUEST, id -> requests.get(id)))
                .addMethod(factory("newResponse", Names.RESPONSE, responses::get))
                .build();
    }

    private static TypeSpec constant(MessageSchema request) {
        Versions valid = request.validVersions();
        Versions flexible = request.flexibleVersions().and(valid);
        int latest = valid.high();
        return TypeSpec.anonymousClassBuilder(
                        "$L, $L, $L, $L, $L, $L",
                        valid.low(),
                        latest,
                        request.latestVersionUnstable() ? latest - 1 : latest,
                        flexible.isEmpty() ? "Short.MAX_VALUE" : flexible.low(),
                        request.listeners().contains("broker"),
                        request.listeners().contains("controller"))
                .addJavadoc("$L: versions $L\n", request.apiKey(), valid)
                .build();
    }

    private static MethodSpec.Builder method(String name, TypeName returns, String javadoc) {
        return MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L\n", javadoc)
                .returns(returns);
    }

    private MethodSpec factory(String name, ClassName returns, java.util.function.IntFunction<MessageSchema> schemas) {
        CodeBlock.Builder code = CodeBlock.builder().beginControlFlow("switch (ordinal())");
        for (MessageSchema request : requests) {
            if (!request.validVersions().isEmpty()) {
                code.addStatement(
                        "case $L: return new $T()", request.apiKey(), Names.classOf(schemas.apply(request.apiKey())));
            }
        }
        code.addStatement(
                "default: throw new $T(this + $S)",
                UnsupportedOperationException.class,
                " is withdrawn (expected: a key that has versions)");
        code.endControlFlow();
        return method(name, returns, "A new empty " + name.substring(3).toLowerCase(Locale.ROOT) + " of this kind.")
                .addCode(code.build())
                .build();
    }
}
