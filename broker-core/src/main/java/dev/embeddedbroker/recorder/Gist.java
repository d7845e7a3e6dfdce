package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What matters of one message in a few words: who is meant, which partitions at which offsets, how many records, which
 * errors. Told by the names that the schemas of all messages share.
 */
final class Gist {

    private static final int MOST_WORDS = 8;

    private static final Set<String> NAMES = Set.of("name", "topic", "topicName");
    private static final Set<String> INDEXES = Set.of("partitionIndex", "partition", "index");
    /** What is told of a message or a group in it, and how. */
    private static final Map<String, String> TOLD = Map.ofEntries(
            Map.entry("groupId", ""),
            Map.entry("group", ""),
            Map.entry("transactionalId", ""),
            Map.entry("memberId", "member "),
            Map.entry("key", ""),
            Map.entry("generationId", "generation "),
            Map.entry("generationIdOrMemberEpoch", "epoch "),
            Map.entry("memberEpoch", "epoch "),
            Map.entry("producerId", "producer "),
            Map.entry("producerEpoch", "epoch "),
            Map.entry("protocolName", ""),
            Map.entry("subscribedTopicRegex", "regex "),
            Map.entry("throttleTimeMs", "throttled ms "),
            Map.entry("heartbeatIntervalMs", "heartbeat ms "));
    /** What is told of a partition, and how. */
    private static final Map<String, String> OF_PARTITIONS = Map.of(
            "fetchOffset", "@",
            "committedOffset", "@",
            "timestamp", "@",
            "baseOffset", "@",
            "offset", "@");

    private final TopicNames topics;
    private final Map<String, Integer> errors = new TreeMap<>();
    private final List<String> words = new ArrayList<>();
    private int records;
    private boolean hasRecords;

    Gist(TopicNames topics) {
        this.topics = topics;
    }

    static String ofRequest(Struct request, TopicNames topics) {
        var gist = new Gist(topics);
        gist.walk(request);
        if (gist.hasRecords) gist.words.add(counted(gist.records));
        return gist.text();
    }

    static String ofResponse(Struct response, TopicNames topics) {
        var gist = new Gist(topics);
        gist.walk(response);
        if (gist.hasRecords) gist.words.add(counted(gist.records));
        String errors = gist.errors.isEmpty() ? ErrorCode.NONE.name() : String.join(" ", gist.errorTexts());
        return (errors + " " + gist.text()).stripTrailing();
    }

    private static String counted(int records) {
        return records == 1 ? "1 record" : records + " records";
    }

    private List<String> errorTexts() {
        return errors.entrySet().stream()
                .map(each -> each.getValue() == 1 ? each.getKey() : each.getKey() + " x" + each.getValue())
                .toList();
    }

    private String text() {
        if (words.size() <= MOST_WORDS) {
            return String.join(" ", words);
        }
        return String.join(" ", words.subList(0, MOST_WORDS)) + " +" + (words.size() - MOST_WORDS) + " more";
    }

    private void walk(Struct struct) {
        for (Field field : struct.getClass().getDeclaredFields()) {
            Object value = valueOf(field, struct);
            String told = TOLD.get(field.getName());
            if (field.getName().equals("errorCode")) {
                note((Short) value);
            } else if (value != null && told != null && isWorthTelling(value)) {
                words.add(told + shortened(value));
            } else if (field.getName().equals("isolationLevel")
                    && Byte.valueOf((byte) 1).equals(value)) {
                words.add("read_committed");
            } else if (value instanceof List<?> list) {
                walkAll(list, topicName(struct), field.getName());
            } else if (value instanceof Struct inner) {
                walk(inner);
            }
        }
    }

    private static String shortened(Object value) {
        String text = value.toString();
        return text.length() > 40 ? text.substring(0, 18) + "…" + text.substring(text.length() - 12) : text;
    }

    private static boolean isWorthTelling(Object value) {
        return !value.equals("")
                && !(value instanceof Number number && (number.longValue() == -1 || number.longValue() == 0));
    }

    private void note(@Nullable Short code) {
        if (code != null && code != 0) {
            errors.merge(ErrorCode.forId(code).name(), 1, Integer::sum);
        }
    }

    private void walkAll(List<?> list, @Nullable String topic, String field) {
        for (Object each : list) {
            if (topic != null && each instanceof Integer partition) {
                words.add(topic + "-" + partition);
            } else if (each instanceof Struct struct) {
                walkElement(struct, topic);
            } else if (each instanceof String text && (field.contains("opic") || field.equals("coordinatorKeys"))) {
                words.add(text);
            }
        }
    }

    private void walkElement(Struct struct, @Nullable String topic) {
        Integer index = index(struct);
        if (topic != null && index != null) {
            partition(struct, topic + "-" + index);
            return;
        }
        String name = topicName(struct);
        if (name != null && hasNoPartitions(struct)) {
            words.add(name);
        }
        walk(struct);
    }

    private void partition(Struct struct, String name) {
        var word = new StringBuilder(name);
        for (Field field : struct.getClass().getDeclaredFields()) {
            Object value = valueOf(field, struct);
            String told = OF_PARTITIONS.get(field.getName());
            if (field.getName().equals("errorCode")) {
                note((Short) value);
            } else if (told != null
                    && value instanceof Long offset
                    && !(offset == -1 && told.equals("@") && isAnswer(struct))) {
                word.append(told).append(field.getName().equals("timestamp") ? timestamp(offset) : offset.toString());
            } else if (value instanceof ByteBuffer bytes) {
                hasRecords = true;
                records += Batches.count(bytes);
            }
        }
        words.add(word.toString());
    }

    private static boolean isAnswer(Struct struct) {
        return struct.getClass().getName().contains(".response.");
    }

    private static String timestamp(long timestamp) {
        return timestamp == -1 ? "latest" : timestamp == -2 ? "earliest" : Long.toString(timestamp);
    }

    private static @Nullable Integer index(Struct struct) {
        for (Field field : struct.getClass().getDeclaredFields()) {
            if (INDEXES.contains(field.getName()) && field.getType() == int.class) {
                return (Integer) valueOf(field, struct);
            }
        }
        return null;
    }

    private static boolean hasNoPartitions(Struct struct) {
        for (Field field : struct.getClass().getDeclaredFields()) {
            if (field.getType() == List.class && valueOf(field, struct) instanceof List<?> list && !list.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String topicName(Struct struct) {
        if (!struct.getClass().getSimpleName().contains("Topic")
                && !struct.getClass().getSimpleName().contains("Fetch")) {
            return null;
        }
        String name = null;
        for (Field field : struct.getClass().getDeclaredFields()) {
            Object value = valueOf(field, struct);
            if (NAMES.contains(field.getName()) && value instanceof String text && !text.isEmpty()) {
                return text;
            }
            if (field.getName().equals("topicId") && value instanceof Uuid id && !id.equals(Uuid.ZERO)) {
                name = topics.of(id);
            }
        }
        return name;
    }

    private static @Nullable Object valueOf(Field field, Struct struct) {
        if (java.lang.reflect.Modifier.isStatic(field.getModifiers())
                || !java.lang.reflect.Modifier.isPublic(field.getModifiers())) {
            return null;
        }
        try {
            return field.get(struct);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " can't be read (expected: a public field)", e);
        }
    }
}
