package dev.embeddedbroker.coordinator.group.classic;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The topics in the subscriptions of consumers. Every version of the consumer protocol begins as version 0 does, and that
 * is all that is read here: {@code int16 version, int32 count, count times (int16 length, UTF-8 bytes)}.
 */
final class Subscriptions {

    private Subscriptions() {}

    /** All topics named in any of the subscriptions; null when one of them is not a subscription. */
    static @Nullable Set<String> topicsOf(List<byte[]> subscriptions) {
        Set<String> topics = new HashSet<>();
        for (byte[] subscription : subscriptions) {
            if (!collect(ByteBuffer.wrap(subscription), topics)) {
                return null;
            }
        }
        return Set.copyOf(topics);
    }

    private static boolean collect(ByteBuffer in, Set<String> topics) {
        try {
            if (in.getShort() < 0) {
                return false;
            }
            for (int left = in.getInt(); left > 0; left--) {
                byte[] name = new byte[requireWithin(in.getShort(), in)];
                in.get(name);
                topics.add(new String(name, StandardCharsets.UTF_8));
            }
            return true;
        } catch (BufferUnderflowException notASubscription) {
            return false; // other clients may put anything here; the group then counts as consuming every topic
        }
    }

    private static int requireWithin(int length, ByteBuffer in) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }
}
