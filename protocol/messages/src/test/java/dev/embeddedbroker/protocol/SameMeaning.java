package dev.embeddedbroker.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Compares every field of a message of ours with the getter of the same name of Apache Kafka's class. */
final class SameMeaning {
    private static final Map<Field, Method> GETTERS = new HashMap<>();

    private SameMeaning() {}

    static void check(String path, Struct ours, Message theirs) {
        for (Field field : ours.getClass().getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            try {
                Object mine = field.get(ours);
                Object peers = getter(field, theirs).invoke(theirs);
                if (field.getDeclaringClass() == Struct.class) {
                    checkUnknown(path, ours.unknownTaggedFields, (List<?>) peers);
                } else {
                    checkValue(path + "." + field.getName(), mine, peers);
                }
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(path + "." + field.getName(), e);
            }
        }
    }

    private static Method getter(Field field, Message theirs) throws NoSuchMethodException {
        // unknownTaggedFields is one field of ours and a method of each of theirs
        if (field.getDeclaringClass() == Struct.class) {
            return theirs.getClass().getMethod(field.getName());
        }
        Method getter = GETTERS.get(field);
        if (getter == null) {
            getter = theirs.getClass().getMethod(field.getName());
            GETTERS.put(field, getter);
        }
        return getter;
    }

    private static void checkUnknown(String path, List<UnknownTaggedField> ours, List<?> theirs) {
        assertThat(ours == null ? 0 : ours.size()).as(path).isEqualTo(theirs.size());
        for (int i = 0; i < theirs.size(); i++) {
            RawTaggedField peer = (RawTaggedField) theirs.get(i);
            assertThat(ours.get(i).tag()).as(path).isEqualTo(peer.tag());
            assertThat(ours.get(i).data()).as(path).isEqualTo(peer.data());
        }
    }

    private static void checkValue(String path, Object mine, Object peers) {
        if (mine == null || peers == null) {
            assertThat(mine).as(path).isNull();
            assertThat(peers).as(path).isNull();
        } else if (mine instanceof Struct struct) {
            check(path, struct, (Message) peers);
        } else if (mine instanceof List<?> list) {
            List<?> other = new ArrayList<>((Collection<?>) peers);
            assertThat(list.size()).as(path).isEqualTo(other.size());
            for (int i = 0; i < list.size(); i++) {
                checkValue(path + "[" + i + "]", list.get(i), other.get(i));
            }
        } else if (mine instanceof Uuid uuid) {
            org.apache.kafka.common.Uuid other = (org.apache.kafka.common.Uuid) peers;
            assertSame(path, uuid, new Uuid(other.getMostSignificantBits(), other.getLeastSignificantBits()));
        } else if (mine instanceof byte[] bytes) {
            assertSame(path, ByteBuffer.wrap(bytes), peers instanceof byte[] b ? ByteBuffer.wrap(b) : peers);
        } else if (mine instanceof ByteBuffer) {
            assertSame(path, mine, ((MemoryRecords) peers).buffer());
        } else {
            assertSame(path, mine, peers);
        }
    }

    private static void assertSame(String path, Object mine, Object peers) {
        if (!mine.equals(peers)) {
            throw new AssertionError(path + " is " + mine + " (expected, as Kafka reads it: " + peers + ")");
        }
    }
}
