package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a request is about, and its answer has a place for an error of.
 *
 * @param group null if none is named
 * @param transactionalId null if none is named
 * @param topic by name, also where the request has its id; null if none is named
 * @param partition −1 if none is named
 * @param everyTopic whether the request asks for all topics by naming none
 * @param name the topic's name as the request has it, empty where it has the id only
 * @param id the topic's id as the request has it
 * @param listed whether the request can name several groups
 */
record Subject(
        @Nullable String group,
        @Nullable String transactionalId,
        @Nullable String topic,
        int partition,
        boolean everyTopic,
        String name,
        Uuid id,
        boolean listed) {

    static final Subject NOTHING = new Subject(null, null, null, -1, false, "", Uuid.ZERO, false);

    Subject ofGroup(@Nullable String other, boolean isListed) {
        return new Subject(other, transactionalId, topic, partition, everyTopic, name, id, isListed);
    }

    Subject ofTransaction(@Nullable String other) {
        return new Subject(group, other, topic, partition, everyTopic, name, id, listed);
    }

    Subject ofTopic(String other, String givenName, Uuid givenId) {
        return new Subject(group, transactionalId, other, -1, false, givenName, givenId, listed);
    }

    Subject ofPartition(int other) {
        return new Subject(group, transactionalId, topic, other, everyTopic, name, id, listed);
    }

    Subject withoutTopic() {
        return new Subject(group, transactionalId, null, -1, false, "", Uuid.ZERO, listed);
    }

    Subject ofEveryTopic() {
        return new Subject(group, transactionalId, null, -1, true, "", Uuid.ZERO, listed);
    }

    boolean isTopic(String givenName, Uuid givenId) {
        return id.equals(Uuid.ZERO) ? name.equals(givenName) : id.equals(givenId);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        add(
                text,
                "",
                everyTopic ? "every topic" : topic == null ? null : partition < 0 ? topic : topic + "-" + partition);
        add(text, "group ", group);
        add(text, "transactional id ", transactionalId);
        return Objects.requireNonNullElse(text.isEmpty() ? null : text.toString(), "nothing by name");
    }

    private static void add(StringBuilder text, String what, @Nullable String value) {
        if (value != null) {
            text.append(text.isEmpty() ? "" : ", ").append(what).append(value);
        }
    }
}
