package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an error where an answer of any kind has the place for it: at the partition, the topic, the group that it is about.
 * What was said there before is gone. <b>Owner:</b> one call.
 */
final class ErrorPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPlaces.class);
    private static final int FIRST_BYTES = 256;
    private static final int GROUPS_OF_OFFSETS_SINCE = 8;
    private static final int BATCHED_TRANSACTIONS_SINCE = 4;
    private static final long NO_OFFSET = -1;
    private static final byte RESOURCE_TOPIC = 2;
    private static final byte RESOURCE_GROUP = 32;
    private static final ByteBuffer NO_RECORDS = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final ApiKey api;
    private final short version;
    private final ErrorCode error;
    private final @Nullable String message;

    ErrorPlaces(ApiKey api, short version, ErrorCode error, @Nullable String message) {
        this.api = api;
        this.version = version;
        this.error = error;
        this.message = message;
    }

    /** False, and nothing is changed, if the answer has no place for an error of the subject alone. */
    boolean put(Struct answer, Subject subject) {
        for (Field field : Structs.fields(answer.getClass())) {
            Class<?> type = Structs.elementType(field);
            if (type != null && isOfVersion(answer, field.getName()) && putInto(answer, field, type, subject)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOfVersion(Struct owner, String list) {
        if (owner instanceof OffsetFetchResponse && list.equals("topics")) {
            return version < GROUPS_OF_OFFSETS_SINCE;
        }
        if (api == ApiKey.ADD_PARTITIONS_TO_TXN && !list.equals("topicResults")) {
            return list.endsWith("V3AndBelow") == (version < BATCHED_TRANSACTIONS_SINCE);
        }
        return true;
    }

    private boolean putInto(Struct owner, Field field, Class<?> type, Subject subject) {
        if (subject.transactionalId() != null && Structs.field(type, "transactionalId") != null) {
            return at(owner, field, type, subject.ofTransaction(null), subject);
        }
        if (subject.group() != null && subject.listed() && Structs.field(type, "groupId") != null) {
            return at(owner, field, type, subject.ofGroup(null, false), subject);
        }
        boolean byKey = subject.topic() == null && Structs.field(type, "key") != null;
        boolean byResource = Structs.field(type, "resourceName") != null && errorField(type) != null;
        boolean byTopic = subject.topic() != null && isOfTopics(type);
        return (byKey || byResource || byTopic) && at(owner, field, type, Subject.NOTHING, subject);
    }

    private static boolean isOfTopics(Class<?> type) {
        return Structs.field(type, "topic", "topicName", "topicId") != null
                || (Structs.field(type, "name") != null && (errorField(type) != null || partitions(type) != null));
    }

    /** Finds or makes the element for a subject, and puts the error into it or into what is below it. */
    private boolean at(Struct owner, Field field, Class<?> type, Subject rest, Subject subject) {
        List<Object> list = listOf(owner, field);
        int index = 0;
        while (index < list.size() && !isFor((Struct) list.get(index), subject)) {
            index++;
        }
        boolean isNew = index == list.size();
        Struct element = isNew ? named(type, subject) : (Struct) list.get(index);
        Field partitions = subject.partition() < 0 ? null : partitions(type);
        if (partitions != null) {
            if (!putPartition(element, partitions, subject.partition())) {
                return false;
            }
        } else if (rest.topic() != null) {
            if (!put(element, rest)) {
                return false;
            }
        } else if (errorField(type) != null) {
            element = named(type, subject);
            refuse(element);
        } else {
            return false;
        }
        if (isNew) {
            list.add(element);
        } else {
            list.set(index, element);
        }
        Structs.set(field, owner, list);
        return true;
    }

    private boolean putPartition(Struct topic, Field partitions, int partition) {
        Class<?> type = Structs.elementType(partitions);
        Field index = type == null ? null : Structs.field(type, "partition", "partitionIndex", "index", "partitionId");
        if (type == null || index == null || errorField(type) == null) {
            return false;
        }
        Struct fresh = Structs.create(type);
        Structs.set(index, fresh, partition);
        refuse(fresh);
        List<Object> list = listOf(topic, partitions);
        for (int i = 0; i < list.size(); i++) {
            if (Integer.valueOf(partition).equals(Structs.get(index, (Struct) list.get(i)))) {
                list.set(i, fresh);
                Structs.set(partitions, topic, list);
                return true;
            }
        }
        list.add(fresh);
        Structs.set(partitions, topic, list);
        return true;
    }

    private static List<Object> listOf(Struct owner, Field field) {
        return Structs.get(field, owner) instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>();
    }

    private static @Nullable Field partitions(Class<?> topic) {
        for (Field field : Structs.fields(topic)) {
            boolean named = field.getName().toLowerCase(Locale.ROOT).contains("partition");
            if (named && Structs.elementType(field) != null) {
                return field;
            }
        }
        return null;
    }

    private static @Nullable Field errorField(Class<?> type) {
        return Structs.field(type, "errorCode", "partitionErrorCode");
    }

    // ---- elements and what they are for

    private static boolean isFor(Struct element, Subject subject) {
        var type = element.getClass();
        if (subject.transactionalId() != null && Structs.field(type, "transactionalId") != null) {
            return subject.transactionalId().equals(text(element, "transactionalId"));
        }
        if (subject.group() != null && subject.listed() && Structs.field(type, "groupId") != null) {
            return subject.group().equals(text(element, "groupId"));
        }
        if (subject.topic() == null && Structs.field(type, "key") != null) {
            return keyOf(subject).equals(text(element, "key"));
        }
        if (Structs.field(type, "resourceName") != null) {
            return resourceOf(subject).equals(text(element, "resourceName"));
        }
        Field id = Structs.field(type, "topicId");
        Uuid given = id != null && Structs.get(id, element) instanceof Uuid uuid ? uuid : Uuid.ZERO;
        return subject.isTopic(text(element, "topic", "topicName", "name"), given);
    }

    private static String keyOf(Subject subject) {
        String group = subject.group();
        String transaction = subject.transactionalId();
        return group != null ? group : transaction != null ? transaction : "";
    }

    private static String resourceOf(Subject subject) {
        String topic = subject.topic();
        return topic != null ? topic : keyOf(subject);
    }

    private static String text(Struct struct, String... names) {
        Field field = Structs.field(struct.getClass(), names);
        return field != null && Structs.get(field, struct) instanceof String text ? text : "";
    }

    private static Struct named(Class<?> type, Subject subject) {
        Struct element = Structs.create(type);
        if (subject.transactionalId() != null) {
            set(element, "transactionalId", subject.transactionalId());
        }
        if (subject.group() != null) {
            set(element, "groupId", subject.group());
        }
        if (subject.topic() == null) {
            set(element, "key", keyOf(subject));
        }
        if (Structs.field(type, "resourceName") != null) {
            set(element, "resourceName", resourceOf(subject));
            set(element, "resourceType", subject.topic() != null ? RESOURCE_TOPIC : RESOURCE_GROUP);
        } else if (subject.topic() != null) {
            set(element, "topic", subject.name());
            set(element, "topicName", subject.name());
            set(element, "name", subject.name());
            set(element, "topicId", subject.id());
        }
        return element;
    }

    private static void set(Struct struct, String name, @Nullable Object value) {
        Field field = Structs.field(struct.getClass(), name);
        if (field != null) {
            Structs.set(field, struct, value);
        }
    }

    private void refuse(Struct element) {
        for (Field field : Structs.fields(element.getClass())) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            if (field.getType() == long.class && (name.endsWith("offset") || name.endsWith("watermark"))) {
                Structs.set(field, element, NO_OFFSET);
            } else if (field.getType() == ByteBuffer.class) {
                Structs.set(field, element, NO_RECORDS);
            } else if (name.equals("errormessage")) {
                Structs.set(field, element, message);
            }
        }
        Field code = errorField(element.getClass());
        if (code != null) {
            Structs.set(code, element, error.id());
        }
        if (!isWritable(element)) {
            set(element, "errorMessage", null);
        }
    }

    /** Some messages came later than their errors, and an older version can't carry them. */
    private boolean isWritable(Struct element) {
        try {
            element.write(new WireWriter(FIRST_BYTES), version);
            return true;
        } catch (IllegalArgumentException e) {
            LOG.debug("{} v{} can't carry a message", api, version, e);
            return false;
        }
    }
}
