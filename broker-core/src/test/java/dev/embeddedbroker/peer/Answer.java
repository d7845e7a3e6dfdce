package dev.embeddedbroker.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** An answer as values by path, such as {@code topics[orders].partitions[0].errorCode}. */
record Answer(Map<String, String> values) {
    /** The connection was closed instead. */
    static final String NO_ANSWER = "no answer";

    static final Answer NONE = new Answer(Map.of());

    /** Fields that tell elements of an array apart. */
    private static final List<String> NAMES = List.of(
            "resourceType",
            "resourceName",
            "configName",
            "groupId",
            "partitionIndex",
            "partition",
            "partitionId",
            "replicaId",
            "memberId",
            "groupInstanceId",
            "apiKey",
            "feature",
            "key",
            "entityType",
            "entityName",
            "nodeId",
            "brokerId",
            "transactionalId",
            "logDir");

    /** Arrays whose order means something. */
    private static final Set<String> ORDERED = Set.of("synonyms", "replicaNodes", "isrNodes", "replicas", "isr");

    static Answer of(JsonNode root) {
        var values = new TreeMap<String, String>();
        flatten("", root, values);
        return new Answer(values);
    }

    private static void flatten(String path, JsonNode node, Map<String, String> values) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> flatten(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), values));
        } else if (node.isArray() && !node.isEmpty() && node.get(0).isObject()) {
            var order = new ArrayList<String>();
            for (JsonNode each : node) {
                String name = nameOf(each);
                for (int i = 2; order.contains(name); i++) {
                    name = nameOf(each) + "#" + i;
                }
                order.add(name);
                values.put(path + "[" + name + "]", "there");
                flatten(path + "[" + name + "]", each, values);
            }
            if (ORDERED.contains(path.substring(path.lastIndexOf('.') + 1))) {
                values.put(path + " in order", order.toString());
            }
        } else if (node.isArray() && !ORDERED.contains(path.substring(path.lastIndexOf('.') + 1))) {
            values.put(
                    path,
                    StreamSupport.stream(node.spliterator(), false)
                            .map(JsonNode::toString)
                            .sorted()
                            .toList()
                            .toString());
        } else {
            values.put(path, node.toString());
        }
    }

    private static String nameOf(JsonNode element) {
        if (element.path("entity").isArray()) {
            return StreamSupport.stream(element.get("entity").spliterator(), false)
                    .map(part -> part.get("entityType").asText() + "="
                            + part.get("entityName").asText())
                    .sorted()
                    .collect(Collectors.joining(","));
        }
        for (String own : List.of("name", "topicName", "topic", "topicId")) {
            if (element.path(own).isTextual()) {
                return element.get(own).asText();
            }
        }
        return NAMES.stream()
                .filter(name ->
                        element.path(name).isValueNode() && !element.path(name).isNull())
                .map(name -> element.get(name).asText())
                .collect(Collectors.joining(","));
    }

    /** The paths where two answers differ, each with both values. */
    static List<Difference> differences(Answer ours, Answer kafka) {
        if ((ours == NONE) != (kafka == NONE)) {
            return List.of(
                    ours == NONE
                            ? new Difference("", NO_ANSWER, kafka.values.toString())
                            : new Difference("", ours.values.toString(), NO_ANSWER));
        }
        var paths = new TreeSet<>(ours.values.keySet());
        paths.addAll(kafka.values.keySet());
        var differences = new ArrayList<Difference>();
        String missing = "\0";
        for (String path : paths) {
            var each = new Difference(path, ours.values.getOrDefault(path, "-"), kafka.values.getOrDefault(path, "-"));
            if (!each.ours().equals(each.kafka()) && !path.startsWith(missing)) {
                differences.add(each);
                missing = each.ours().equals("there") || each.kafka().equals("there") ? path + "." : missing;
            }
        }
        return differences;
    }

    /** A path where two answers differ. */
    record Difference(String path, String ours, String kafka) {
        @Override
        public String toString() {
            return path + "\n    ours:  " + ours + "\n    Kafka: " + kafka;
        }
    }
}
