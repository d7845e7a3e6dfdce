package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Decides which member of a group should have which partitions. Equal input, equal answer. */
public interface Assignor {

    /** The name members vote for it by. */
    String name();

    /**
     * The new assignment by member id; members left out get nothing.
     *
     * @param partitionCount how many partitions a topic that is subscribed to has
     */
    Map<String, Assignment> assign(List<MemberSpec> members, ToIntFunction<Uuid> partitionCount);
}
