package dev.embeddedbroker.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.requests.AbstractResponse;

/** One of the two brokers that are asked the same, and its answers without what is its own: ids, times, addresses, paths. */
final class Side implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("\\$id:([\\w.-]+)");
    private static final Set<String> ITS_OWN = Set.of(
            "clusterId",
            "totalBytes",
            "usableBytes",
            "cordonedLogDirs",
            "replicaDirectoryId",
            "producerId",
            "brokerEpoch",
            "finalizedFeaturesEpoch");
    /** Kafka says so, beside null, where it has no message. */
    private static final Set<String> NO_MESSAGE = Set.of("", "NONE");

    private static final JsonNode NO_MESSAGE_NODE = TextNode.valueOf("no message");

    private static final Pattern TIME = Pattern.compile(".*(Timestamp|[^e]TimeMs)");

    private final String host = "localhost";
    private final int port;
    private final List<String> directories;
    private final Map<String, String> nameOfId = new HashMap<>();
    private final Map<String, String> idOfName = new HashMap<>();
    private WireClient wire;
    private int correlationId;

    Side(String bootstrap, String directory) throws IOException {
        port = Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
        directories = List.of(directory);
        connect();
    }

    String bootstrapServers() {
        return host + ":" + port;
    }

    private void connect() throws IOException {
        wire = new WireClient(new InetSocketAddress(host, port));
    }

    /** Replaces the ids that the request names by those of this broker's topics. */
    JsonNode localized(JsonNode node) throws IOException {
        if (node instanceof ObjectNode object) {
            for (var field : new ArrayList<>(object.properties())) {
                object.set(field.getKey(), localized(field.getValue()));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, localized(array.get(i)));
            }
        } else if (node.isTextual()) {
            var id = ID.matcher(node.asText());
            if (id.matches()) {
                return TextNode.valueOf(idOf(id.group(1)));
            }
            return TextNode.valueOf(node.asText().replace("$dir", directories.get(0)));
        }
        return node;
    }

    private String idOf(String topic) throws IOException {
        for (int i = 0; !idOfName.containsKey(topic) && i < 100; i++) {
            learnTopics();
        }
        return idOfName.get(topic);
    }

    private void learnTopics() throws IOException {
        var request = new MetadataRequestData().setTopics(null);
        var answer = (MetadataResponseData)
                wire.ask(ApiKeys.METADATA, 13, ++correlationId, request).data();
        answer.topics().forEach(topic -> learn(topic.name(), topic.topicId().toString()));
    }

    private void learn(String name, String id) {
        nameOfId.put(id, name);
        idOfName.put(name, id);
    }

    void send(ApiKeys key, short version, ApiMessage request) throws IOException {
        wire.send(key, version, ++correlationId, request);
    }

    /** The answer as lines of path and value, or that there was none. */
    Answer receive(ApiKeys key, short version) throws IOException {
        AbstractResponse response;
        try {
            response = wire.receive(key, version, correlationId);
        } catch (IOException e) {
            wire.close();
            connect();
            return Answer.NONE;
        }
        var json = json(response.data(), version);
        learnFrom(json);
        return Answer.of(common("", json));
    }

    static JsonNode json(Message message, short version) {
        try {
            return (JsonNode) Class.forName(message.getClass().getName() + "JsonConverter")
                    .getMethod("write", message.getClass(), short.class)
                    .invoke(null, message, version);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void learnFrom(JsonNode node) {
        var name = node.path("name");
        var id = node.path("topicId");
        if (name.isTextual() && id.isTextual() && !id.asText().equals(Uuid.ZERO_UUID.toString())) {
            learn(name.asText(), id.asText());
        }
        node.forEach(this::learnFrom);
    }

    /** The node without this broker's own ids, times, addresses and paths. */
    private JsonNode common(String name, JsonNode node) throws IOException {
        if (name.equals("errorMessage") && (node.isNull() || NO_MESSAGE.contains(node.asText()))) {
            return NO_MESSAGE_NODE;
        }
        if (node instanceof ObjectNode object) {
            for (var field : new ArrayList<>(object.properties())) {
                object.set(field.getKey(), common(field.getKey(), field.getValue()));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, common(name, array.get(i)));
            }
        } else if (node.isTextual()) {
            return TextNode.valueOf(common(name, node.asText()));
        } else if (node.isNumber() && node.asLong() >= 0) {
            if (ITS_OWN.contains(name) || TIME.matcher(name).matches()) {
                return TextNode.valueOf("<" + name + ">");
            }
            return name.equals("port") && node.asInt() == port ? TextNode.valueOf("<port>") : node;
        }
        return node;
    }

    /** Text without this broker's own ids, times, addresses and paths. */
    String common(String text) throws IOException {
        return common("", text)
                .replaceAll("localhost:" + port, "<address>")
                .replaceAll("\\b" + port + "\\b", "<port>")
                .replaceAll(
                        "(totalBytes|usableBytes|epoch|Offset|[^e]TimeMs|[tT]imestamp)=(OptionalLong\\[)?\\d+", "$1=…")
                .replaceAll("(clusterId|producerId|directoryId|topicId)[=: ]+[\\w-]{20,}", "$1=…")
                .replaceAll("producerId=\\d+", "producerId=…")
                .replaceAll("@[0-9a-f]+", "");
    }

    private String common(String name, String text) throws IOException {
        if (ITS_OWN.contains(name)) {
            return "<" + name + ">";
        }
        if (name.equals("topicId") && !text.equals(Uuid.ZERO_UUID.toString())) {
            if (!nameOfId.containsKey(text)) {
                learnTopics();
            }
            return "<id of " + nameOfId.get(text) + ">";
        }
        String plain = text;
        for (String directory : directories) {
            plain = plain.replace(directory, "<directory>");
        }
        for (var id : nameOfId.entrySet()) {
            plain = plain.replace(id.getKey(), "<id of " + id.getValue() + ">");
        }
        return plain.replace(bootstrapServers(), "<address>");
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
