package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.Uuid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ids that topics had which members were assigned before they were made anew under their old names. A stock client
 * that has just got such a partition asks for its committed offset by id, and asks again and again, without a look at the
 * metadata, as long as the id is not known. Safe for use by several threads.
 *
 * <p><b>Owner:</b> the group coordinators of one broker.
 */
final class RetiredTopics {
    /** Far more than members that are still there can have met since they last looked at the metadata. */
    private static final int MOST = 10_000;

    private final Map<Uuid, String> names = new LinkedHashMap<>();

    synchronized void add(Uuid id, String name) {
        names.put(id, name);
        if (names.size() > MOST) {
            var eldest = names.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** The id that a topic has now; the same one if it never had another. */
    Uuid successorOf(Uuid id, TopicCatalog now) {
        var name = nameOf(id);
        var topic = name == null ? null : now.topic(name);
        return topic == null ? id : topic.id();
    }

    synchronized @Nullable String nameOf(Uuid id) {
        return names.get(id);
    }
}
