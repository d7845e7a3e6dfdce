package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.time.Clock;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who listens in on the bytes of all connections: requests as they came, answers as they go.
 *
 * <p>Nothing may be kept of a buffer that is handed in; its position is the listener's to leave where it was.
 */
@FunctionalInterface
public interface FrameTap {

    /** Nobody listens. */
    FrameTap NONE = (connection, clock) -> Line.SILENT;

    /** A number for a request that is not noted. */
    long NOT_NOTED = 0;

    /** A connection begins. Any thread, before anything is heard of it. */
    Line opened(ConnectionInfo connection, Clock clock);

    /** What is heard of one connection. Called on its loop. */
    interface Line {

        /** The line nobody listens to. */
        Line SILENT = () -> false;

        /** Whether anybody listens now; if not, nothing else needs to be told. */
        boolean isOn();

        /**
         * A request is about to be served, with the bytes it came in and, if it could be read, as it was read.
         *
         * @param receivedNanos when its last byte was here
         * @return its number, for the calls that follow, or {@link #NOT_NOTED}
         */
        default long request(ByteBuffer frame, @Nullable Request request, short version, long receivedNanos) {
            return NOT_NOTED;
        }

        /** Its answer, in the parts it is written in. */
        default void answer(long number, List<ByteBuffer> segments) {}

        /** All bytes of its answer are with the socket. */
        default void flushed(long number) {}

        /** It gets no answer. */
        default void unanswered(long number, String why) {}

        /** The connection is over. */
        default void closed() {}
    }
}
