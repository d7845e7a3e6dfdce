package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to the group machine: a kept event is a record of {@code __consumer_offsets}; the passing events are
 * those of the protocols' packages.
 */
public interface GroupEvent {

    /** Passing: these topics are the latest anybody asked with. */
    record TopicsSeen(TopicCatalog topics) implements GroupEvent {}

    /**
     * A record of {@code __consumer_offsets}: its key says what it is about, its value what is so from now on; without a
     * value it is a tombstone.
     *
     * @param valueVersion the schema version the value is written in; 0 for a tombstone
     */
    record Kept(Message key, @Nullable Message value, short valueVersion) implements GroupEvent {

        /** Nothing is known of {@code key} any more. */
        public static Kept tombstone(Message key) {
            return new Kept(key, null, (short) 0);
        }
    }
}
