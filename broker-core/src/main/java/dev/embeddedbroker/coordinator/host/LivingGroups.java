package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.group.GroupCodec;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.GroupRouter;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerGroup;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerProtocol;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.group.GroupMetadataKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one coordinator whose clients are there, as the records that make them anew: who is in them and what each
 * was assigned, and nothing of what they have committed.
 */
final class LivingGroups {
    private static final EventCodec<GroupEvent> CODEC = new GroupCodec();

    private LivingGroups() {}

    /** Reads them from the coordinator's log, each record as last written. Inside the coordinator's loop. */
    static List<GroupEvent> of(CoordinatorHost<GroupCommand, GroupEvent> host, Predicate<String> isConnected) {
        if (!host.isActive() || !(host.machine() instanceof GroupRouter router)) {
            return List.of();
        }
        var living = router.groups().values().stream()
                .filter(group -> group.memberIds().stream().anyMatch(isConnected))
                .map(group -> group.groupId())
                .collect(Collectors.toSet());
        if (living.isEmpty()) {
            return List.of();
        }
        var newest = new LinkedHashMap<ByteBuffer, GroupEvent>();
        host.replay(event -> {
            if (event instanceof Kept record && living.contains(groupIdOf(record))) {
                var key = Objects.requireNonNull(CODEC.encode(record)).key();
                newest.remove(key); // its place is where it was last written, as in a compacted log
                if (record.value() != null) {
                    newest.put(key, record);
                }
            }
        });
        for (GroupEvent event : newest.values()) {
            if (event instanceof Kept record
                    && router.group(Objects.requireNonNull(groupIdOf(record))) instanceof ConsumerGroup group) {
                ConsumerProtocol.takeBackUntaken(record, group);
            }
        }
        return new ArrayList<>(newest.values());
    }

    /**
     * Puts topics that were made anew under their old names in the place of those before them. Members of the consumer
     * protocol have topics by id, and would else have nothing until their next heartbeats, while they read the new topics
     * already: clients read by name.
     */
    static void moveTo(List<GroupEvent> groups, TopicCatalog before, TopicCatalog now, RetiredTopics retired) {
        for (GroupEvent event : groups) {
            if (event instanceof Kept record) {
                ConsumerProtocol.replaceTopics(record, id -> successor(id, before, now, retired));
            }
        }
    }

    private static Uuid successor(Uuid id, TopicCatalog before, TopicCatalog now, RetiredTopics retired) {
        var old = before.topic(id);
        var anew = old == null ? null : now.topic(old.name());
        if (anew == null) {
            return id; // what is gone is the member's to give up
        }
        retired.add(id, anew.name());
        return anew.id();
    }

    /** The group whose members a record is about; null if it is about something else, such as offsets. */
    private static @Nullable String groupIdOf(Kept record) {
        return record.key() instanceof GroupMetadataKey key ? key.group : ConsumerProtocol.groupIdOf(record.key());
    }
}
