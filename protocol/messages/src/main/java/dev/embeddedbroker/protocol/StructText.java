package dev.embeddedbroker.protocol;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the text of a struct for logs: bounded, and by reflection, so that generated classes carry no code for it. */
final class StructText {
    private static final int MAX_CHARS = 2000;
    private static final int MAX_ELEMENTS = 20;

    private final StringBuilder text = new StringBuilder();

    StructText add(Struct struct) {
        text.append(struct.getClass().getSimpleName()).append('(');
        String separator = "";
        for (Field field : struct.getClass().getFields()) {
            if (Modifier.isStatic(field.getModifiers()) || isFull()) {
                continue;
            }
            Object value;
            try {
                value = field.get(struct);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(field + " is not accessible (expected: a public field)", e);
            }
            if (value != null || field.getDeclaringClass() != Struct.class) {
                text.append(separator).append(field.getName()).append('=');
                add(value);
                separator = ", ";
            }
        }
        text.append(')');
        return this;
    }

    private void add(@Nullable Object value) {
        if (value instanceof Struct struct) {
            add(struct);
        } else if (value instanceof List<?> list) {
            addAll(list);
        } else if (value instanceof byte[] bytes) {
            text.append(bytes.length).append(" bytes");
        } else if (value instanceof ByteBuffer buffer) {
            text.append(buffer.remaining()).append(" bytes");
        } else if (value instanceof String string) {
            int left = Math.max(0, Math.min(string.length(), MAX_CHARS - text.length()));
            text.append('\'').append(string, 0, left).append(left < string.length() ? "…'" : "'");
        } else {
            text.append(value);
        }
    }

    private void addAll(List<?> list) {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i == MAX_ELEMENTS || isFull()) {
                text.append(", … ").append(list.size() - i).append(" more");
                break;
            }
            text.append(i == 0 ? "" : ", ");
            add(list.get(i));
        }
        text.append(']');
    }

    private boolean isFull() {
        return text.length() >= MAX_CHARS;
    }

    @Override
    public String toString() {
        return text.length() <= MAX_CHARS ? text.toString() : text.substring(0, MAX_CHARS) + "…";
    }
}
