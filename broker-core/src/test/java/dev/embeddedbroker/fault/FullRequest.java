package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.WireWriter;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;

/** A request of any kind and version that names everything it can name: partitions 0 and 1 of one topic, a group, an id. */
final class FullRequest {
    static final String TOPIC = "orders";
    static final String GROUP = "readers";
    static final String TRANSACTIONAL_ID = "payments";

    private final Request request;
    private final short version;
    private final Uuid topicId;

    private FullRequest(Request request, short version, Uuid topicId) {
        this.request = request;
        this.version = version;
        this.topicId = topicId;
    }

    static Request of(ApiKey api, short version, Uuid topicId) {
        var full = new FullRequest(api.newRequest(), version, topicId);
        full.fill((Struct) full.request);
        return full.request;
    }

    /** The same for Kafka's own class. */
    static ApiMessage asKafkas(Request request, short version) {
        var key = ApiKeys.forId(request.apiKey());
        return AbstractRequest.parseRequest(key, version, new ByteBufferAccessor(bytes(request, version)))
                .request
                .data();
    }

    private static ByteBuffer bytes(Request request, short version) {
        var out = new WireWriter(512);
        request.write(out, version);
        return out.toByteBuffer();
    }

    private void fill(Struct struct) {
        for (Field field : Structs.fields(struct.getClass())) {
            if (field.getDeclaringClass() == Struct.class) {
                continue;
            }
            Object before = Structs.get(field, struct);
            Object wanted = wanted(field);
            if (wanted == null) {
                continue;
            }
            Structs.set(field, struct, wanted);
            if (!isWritable()) {
                Structs.set(field, struct, before);
            } else if (wanted instanceof List<?> list && list.get(0) instanceof Struct element) {
                fill(element);
                if (list.size() > 1) {
                    fill((Struct) list.get(1));
                    Structs.set(
                            Structs.field(list.get(1).getClass(), "partition", "partitionIndex", "index"),
                            (Struct) list.get(1),
                            1);
                }
            } else if (wanted instanceof Struct inner) {
                fill(inner);
            }
        }
    }

    private boolean isWritable() {
        try {
            bytes(request, version);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Object wanted(Field field) {
        String name = field.getName();
        if (field.getType() == String.class) {
            return switch (name) {
                case "topic", "name", "topicName" -> TOPIC;
                case "groupId", "key" -> GROUP;
                case "transactionalId", "v3AndBelowTransactionalId" -> TRANSACTIONAL_ID;
                case "subscribedTopicRegex" -> null;
                default -> name.equals("cursor") ? null : "text";
            };
        }
        if (field.getType() == Uuid.class) {
            return topicId;
        }
        if (field.getType() == byte.class && request.api().name().endsWith("_ACLS")) {
            return (byte) 3; // Kafka's classes refuse what is unknown
        }
        if (name.equals("acks")) {
            return (short) -1;
        }
        if (name.equals("cursor") || !(field.getGenericType() instanceof ParameterizedType list)) {
            return null;
        }
        var element = list.getActualTypeArguments()[0];
        var all = new ArrayList<Object>();
        if (element == String.class) {
            all.add(name.contains("roup") ? GROUP : name.contains("ransactional") ? TRANSACTIONAL_ID : TOPIC);
        } else if (element == Integer.class) {
            all.addAll(List.of(0, 1));
        } else if (element instanceof Class<?> type && Struct.class.isAssignableFrom(type)) {
            all.add(Structs.create(type));
            if (Structs.field(type, "partition", "partitionIndex", "index") != null) {
                all.add(Structs.create(type));
            }
        }
        return all.isEmpty() ? null : all;
    }
}
