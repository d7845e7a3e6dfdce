package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A walk through a message of any kind that finds what it is about, by the names that Kafka's schemas give such fields, and
 * copies it without some of it.
 *
 * <p><b>Owner:</b> one call.
 */
final class SubjectWalk {
    private static final Set<String> LISTS_OF_GROUPS = Set.of("groupIds", "groupsNames", "groups");
    private static final Set<String> LISTS_NULL_FOR_ALL = Set.of("topics", "topicPartitions");
    private static final Set<ApiKey> HEARTBEATS =
            Set.of(ApiKey.CONSUMER_GROUP_HEARTBEAT, ApiKey.SHARE_GROUP_HEARTBEAT, ApiKey.STREAMS_GROUP_HEARTBEAT);
    private static final byte RESOURCE_TOPIC = 2;
    private static final byte RESOURCE_GROUP = 32;
    private static final byte KEY_OF_GROUP = 0;
    private static final byte KEY_OF_TRANSACTION = 1;

    private final ApiKey api;
    private final short version;
    private final Function<Uuid, @Nullable String> topicNames;
    private final Predicate<Subject> keep;
    private int found;
    private int kept;

    private SubjectWalk(
            ApiKey api, short version, Function<Uuid, @Nullable String> topicNames, Predicate<Subject> keep) {
        this.api = api;
        this.version = version;
        this.topicNames = topicNames;
        this.keep = keep;
    }

    /** What a message is about: at least one thing. */
    static List<Subject> subjects(
            ApiKey api, short version, Struct message, Function<Uuid, @Nullable String> topicNames) {
        var all = new ArrayList<Subject>();
        new SubjectWalk(api, version, topicNames, all::add).root(message);
        return all;
    }

    /** A copy of a message that says nothing of some things. */
    static Struct without(
            ApiKey api,
            short version,
            Struct message,
            Function<Uuid, @Nullable String> topicNames,
            Predicate<Subject> dropped) {
        return new SubjectWalk(api, version, topicNames, dropped.negate()).root(message);
    }

    private boolean keeps(Subject subject) {
        found++;
        if (keep.test(subject)) {
            kept++;
            return true;
        }
        return false;
    }

    private Struct root(Struct message) {
        Subject scope = scope(message, Subject.NOTHING, false);
        Struct copy = inside(message, scope);
        if (found == 0) {
            keeps(scope);
        }
        return copy;
    }

    /** What the fields of a struct say about all that is in it. */
    private Subject scope(Struct struct, Subject outer, boolean listed) {
        Subject scope = outer;
        String group = text(struct, "groupId");
        if (!group.isEmpty()) {
            scope = scope.ofGroup(group, listed);
        }
        String transaction = text(struct, "transactionalId", "v3AndBelowTransactionalId");
        if (transaction.isEmpty()) {
            transaction = text(struct, "v3AndBelowTransactionalId");
        }
        if (!transaction.isEmpty()) {
            scope = scope.ofTransaction(transaction);
        }
        String key = text(struct, "key");
        return key.isEmpty() ? scope : ofKey(struct, key, scope, false);
    }

    private static Subject ofKey(Struct struct, String key, Subject scope, boolean listed) {
        Object type = value(struct, "keyType");
        if (type instanceof Byte number && number == KEY_OF_GROUP) {
            return scope.ofGroup(key, listed);
        }
        return type instanceof Byte number && number == KEY_OF_TRANSACTION ? scope.ofTransaction(key) : scope;
    }

    private Struct inside(Struct struct, Subject scope) {
        Struct copy = Structs.shallowCopy(struct);
        for (Field field : Structs.fields(struct.getClass())) {
            String name = field.getName();
            Object value = Structs.get(field, struct);
            if (value instanceof List<?> list && !name.equals("forgottenTopicsData")) {
                boolean all = api == ApiKey.METADATA && version == 0 && list.isEmpty() && name.equals("topics");
                if (all) {
                    keeps(scope.ofEveryTopic());
                }
                Structs.set(field, copy, elements(struct, name, list, scope));
            } else if (value == null && LISTS_NULL_FOR_ALL.contains(name) && !HEARTBEATS.contains(api)) {
                keeps(scope.ofEveryTopic());
            } else if (value instanceof Struct inner && name.equals("topology")) {
                Structs.set(field, copy, inside(inner, scope));
            }
        }
        return copy;
    }

    private List<Object> elements(Struct owner, String name, List<?> list, Subject scope) {
        var left = new ArrayList<Object>(list.size());
        for (Object element : list) {
            Object copy = element;
            if (element instanceof String text) {
                Subject subject = named(owner, name, text, scope);
                copy = subject == null || keeps(subject) ? element : null;
            } else if (element instanceof Struct struct) {
                int foundBefore = found;
                int keptBefore = kept;
                copy = element(name, struct, scope);
                if (found > foundBefore && kept == keptBefore) {
                    copy = null;
                }
            }
            if (copy != null) {
                left.add(copy);
            }
        }
        return left;
    }

    private static @Nullable Subject named(Struct owner, String list, String text, Subject scope) {
        if (LISTS_OF_GROUPS.contains(list)) {
            return scope.ofGroup(text, true);
        }
        if (list.equals("transactionalIds")) {
            return scope.ofTransaction(text);
        }
        if (list.equals("coordinatorKeys")) {
            Subject subject = ofKey(owner, text, scope, true);
            return subject.equals(scope) ? null : subject;
        }
        return isOfTopics(list) ? scope.ofTopic(text, text, Uuid.ZERO) : null;
    }

    private static boolean isOfTopics(String list) {
        String name = list.toLowerCase(Locale.ROOT);
        return name.contains("topic") && !name.contains("configs") && !name.contains("regex");
    }

    private Struct element(String list, Struct struct, Subject scope) {
        if (isOfTopics(list)) {
            return topic(struct, scope);
        }
        if (list.equals("resources")) {
            Subject resource = resource(struct, scope);
            if (resource != null) {
                keeps(resource);
            }
            return struct;
        }
        Subject inner = scope(struct, scope, true);
        int before = found;
        Struct copy = inside(struct, inner);
        if (found == before && !inner.equals(scope)) {
            keeps(inner);
        }
        return copy;
    }

    private static @Nullable Subject resource(Struct struct, Subject scope) {
        String name = text(struct, "resourceName");
        Object type = value(struct, "resourceType");
        if (type instanceof Byte number && number == RESOURCE_TOPIC) {
            return scope.ofTopic(name, name, Uuid.ZERO);
        }
        return type instanceof Byte number && number == RESOURCE_GROUP ? scope.ofGroup(name, true) : null;
    }

    private Struct topic(Struct struct, Subject scope) {
        String given = text(struct, "topic", "name", "topicName");
        Uuid id = value(struct, "topicId") instanceof Uuid uuid ? uuid : Uuid.ZERO;
        String known = given.isEmpty() && !id.equals(Uuid.ZERO) ? topicNames.apply(id) : null;
        Subject topic = scope.ofTopic(!given.isEmpty() ? given : known != null ? known : id.toString(), given, id);
        Struct copy = Structs.shallowCopy(struct);
        int before = found;
        for (Field field : Structs.fields(struct.getClass())) {
            boolean ofPartitions = field.getName().startsWith("partition");
            if (ofPartitions && Structs.get(field, struct) instanceof List<?> list) {
                Structs.set(field, copy, partitions(list, topic));
            }
        }
        if (found == before) {
            keeps(topic);
        }
        return copy;
    }

    private List<Object> partitions(List<?> list, Subject topic) {
        var left = new ArrayList<Object>(list.size());
        for (Object element : list) {
            Object index =
                    element instanceof Struct struct ? value(struct, "partition", "partitionIndex", "index") : element;
            if (!(index instanceof Integer number) || keeps(topic.ofPartition(number))) {
                left.add(element);
            }
        }
        return left;
    }

    private static @Nullable Object value(Struct struct, String... names) {
        Field field = Structs.field(struct.getClass(), names);
        return field == null ? null : Structs.get(field, struct);
    }

    private static String text(Struct struct, String... names) {
        return value(struct, names) instanceof String text ? text : "";
    }
}
