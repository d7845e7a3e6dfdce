package dev.embeddedbroker.peer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Kafka's own schema of one request: makes a request of a few fields whole, with the schema's defaults, and has Kafka's
 * own class read it.
 */
final class RequestForm {
    private static final ObjectMapper SCHEMAS = new ObjectMapper().configure(JsonParser.Feature.ALLOW_COMMENTS, true);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Class<?> type;
    private final JsonNode schema;
    private final Map<String, JsonNode> structs = new HashMap<>();

    RequestForm(ApiKeys key) {
        type = key.messageType.newRequest().getClass();
        String file = type.getSimpleName().replaceAll("Data$", "");
        try (var in = type.getClassLoader().getResourceAsStream("common/message/" + file + ".json")) {
            schema = SCHEMAS.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
        schema.path("commonStructs")
                .forEach(each -> structs.put(each.get("name").asText(), each.get("fields")));
    }

    /** The request at a version; nothing if a field that was given is not in that version. */
    Optional<ApiMessage> at(short version, JsonNode given) {
        var missing = new ArrayList<String>();
        var whole = whole(schema.get("fields"), given, version, missing);
        if (!missing.isEmpty()) {
            return Optional.empty();
        }
        try {
            var converter = Class.forName(type.getName() + "JsonConverter");
            return Optional.of((ApiMessage)
                    converter.getMethod("read", JsonNode.class, short.class).invoke(null, whole, version));
        } catch (InvocationTargetException e) {
            throw new AssertionError(type.getSimpleName() + " version " + version + ": " + whole, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private ObjectNode whole(JsonNode fields, JsonNode given, short version, List<String> missing) {
        var whole = NODES.objectNode();
        var left = new ArrayList<String>();
        given.fieldNames().forEachRemaining(left::add);
        for (JsonNode field : fields) {
            String name = field.get("name").asText();
            name = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            if (!contains(field.get("versions").asText(), version)) {
                continue;
            }
            left.remove(name);
            var value = given.get(name);
            if (value == null && field.has("tag")) {
                continue;
            }
            whole.set(name, value == null ? absent(field, version) : value(field, value, version, missing));
        }
        missing.addAll(left);
        return whole;
    }

    private JsonNode value(JsonNode field, JsonNode value, short version, List<String> missing) {
        String kind = field.get("type").asText();
        var fields = field.has("fields") ? field.get("fields") : structs.get(kind.replace("[]", ""));
        if (fields == null || value.isNull()) {
            return value;
        }
        if (!kind.startsWith("[]")) {
            return whole(fields, value, version, missing);
        }
        ArrayNode all = NODES.arrayNode();
        value.forEach(each -> all.add(whole(fields, each, version, missing)));
        return all;
    }

    private JsonNode absent(JsonNode field, short version) {
        String kind = field.get("type").asText();
        String value = field.path("default").asText("");
        if (value.equals("null") && contains(field.path("nullableVersions").asText("none"), version)) {
            return NODES.nullNode();
        }
        if (kind.startsWith("[]")) {
            return NODES.arrayNode();
        }
        if (field.get("name").asText().equalsIgnoreCase("timeoutMs")) {
            return NODES.numberNode(60_000);
        }
        return switch (kind) {
            case "bool" -> NODES.booleanNode(Boolean.parseBoolean(value));
            case "string" -> NODES.textNode(value);
            case "uuid" -> NODES.textNode("AAAAAAAAAAAAAAAAAAAAAA");
            case "bytes" -> NODES.binaryNode(new byte[0]);
            case "float64" -> NODES.numberNode(0.0);
            case "int8", "int16", "int32", "int64", "uint16" ->
                NODES.numberNode(value.isEmpty() ? 0 : Long.decode(value));
            default ->
                throw new AssertionError(schema.get("name").asText() + " wants a value for " + field.get("name"));
        };
    }

    private static boolean contains(String versions, short version) {
        if (versions.equals("none")) {
            return false;
        }
        if (versions.endsWith("+")) {
            return version >= Integer.parseInt(versions.substring(0, versions.length() - 1));
        }
        int dash = versions.indexOf('-');
        return dash < 0
                ? version == Integer.parseInt(versions)
                : version >= Integer.parseInt(versions.substring(0, dash))
                        && version <= Integer.parseInt(versions.substring(dash + 1));
    }
}
