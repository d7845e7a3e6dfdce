package dev.embeddedbroker.protocol.generator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.embeddedbroker.protocol.generator.MessageSchema.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads schema files: JSON with {@code //} comments. */
final class SchemaReader {
    private static final Set<String> FIELD_KEYS = Set.of(
            "name",
            "type",
            "versions",
            "about",
            "fields",
            "nullableVersions",
            "tag",
            "taggedVersions",
            "flexibleVersions",
            "default",
            "ignorable",
            "entityType",
            "mapKey",
            "zeroCopy");

    private final JsonMapper json =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    MessageSchema read(String artifact, String text) {
        try {
            JsonNode root = json.readTree(text);
            try {
                return message(artifact, root);
            } catch (SchemaException e) {
                throw new SchemaException(root.path("name").asText("?") + ": " + e.getMessage(), e);
            }
        } catch (JsonProcessingException e) {
            throw new SchemaException("not JSON: " + e.getMessage(), e);
        }
    }

    private static MessageSchema message(String artifact, JsonNode root) {
        Map<String, StructSchema> structs = new LinkedHashMap<>();
        for (JsonNode common : root.path("commonStructs")) {
            define(structs, required(common, "name"), "", common.path("fields"));
        }
        String name = required(root, "name");
        List<FieldSchema> fields = fields(structs, root.path("fields"));
        Set<String> listeners = new LinkedHashSet<>();
        root.path("listeners").forEach(l -> listeners.add(l.asText()));
        MessageSchema schema = new MessageSchema(
                artifact,
                name,
                Kind.valueOf(required(root, "type").toUpperCase(Locale.ROOT).replace('-', '_')),
                root.path("apiKey").asInt(-1),
                Versions.parse(required(root, "validVersions")),
                Versions.parse(root.path("flexibleVersions").asText("none")),
                root.path("latestVersionUnstable").asBoolean(),
                listeners,
                new StructSchema(name, "", fields),
                structs);
        checkStructsExist(schema);
        return schema;
    }

    private static void define(Map<String, StructSchema> structs, String name, String about, JsonNode fields) {
        StructSchema struct = new StructSchema(name, about, fields(structs, fields));
        if (structs.put(name, struct) != null) {
            throw new SchemaException("struct " + name + " is defined twice");
        }
    }

    private static List<FieldSchema> fields(Map<String, StructSchema> structs, JsonNode nodes) {
        List<FieldSchema> fields = new ArrayList<>();
        for (JsonNode node : nodes) {
            fields.add(field(structs, node));
        }
        return fields;
    }

    private static FieldSchema field(Map<String, StructSchema> structs, JsonNode node) {
        String name = required(node, "name");
        for (var keys = node.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!FIELD_KEYS.contains(key)) {
                throw new SchemaException("field " + name + " has the unknown key \"" + key + "\"");
            }
        }
        FieldType type = FieldType.parse(required(node, "type"));
        if (node.has("fields")) {
            FieldType element = type instanceof FieldType.Array array ? array.element() : type;
            if (!(element instanceof FieldType.Struct struct)) {
                throw new SchemaException("field " + name + " has fields and is no struct");
            }
            define(structs, struct.name(), node.path("about").asText(""), node.path("fields"));
        }
        Versions tagged = Versions.parse(node.path("taggedVersions").asText("none"));
        return new FieldSchema(
                name,
                type,
                node.has("versions") ? Versions.parse(node.path("versions").asText()) : tagged,
                Versions.parse(node.path("nullableVersions").asText("none")),
                tagged,
                node.path("tag").asInt(-1),
                node.has("flexibleVersions")
                        ? Versions.parse(node.path("flexibleVersions").asText())
                        : null,
                // a JSON null is no default, unlike the text "null": so it is in Apache Kafka's own classes
                node.path("default").asText(""),
                node.path("ignorable").asBoolean(),
                node.path("about").asText(""));
    }

    private static void checkStructsExist(MessageSchema schema) {
        List<StructSchema> all = new ArrayList<>(schema.structs().values());
        all.add(schema.root());
        for (StructSchema struct : all) {
            for (FieldSchema field : struct.fields()) {
                FieldType element = field.type() instanceof FieldType.Array array ? array.element() : field.type();
                if (element instanceof FieldType.Struct named) {
                    schema.struct(named.name());
                }
            }
        }
    }

    private static String required(JsonNode node, String key) {
        JsonNode value = node.get(key);
        if (value == null || !value.isValueNode()) {
            throw new SchemaException("\"" + key + "\" is missing in " + node);
        }
        return value.asText();
    }
}
