package dev.embeddedbroker.coordinator.group.offsets;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked about committed offsets. The requests are read only; topics carry both their name and their id. */
public sealed interface OffsetCommand extends GroupCommand {

    /**
     * Answered with an OffsetCommitResponse. Topics that do not exist were taken out before.
     *
     * @param producer in whose transaction the offsets are committed; null outside of any
     */
    record CommitOffsets(
            Ticket ticket,
            OffsetCommitRequest request,
            short version,
            @Nullable TxnProducer producer) implements OffsetCommand {

        public CommitOffsets(Ticket ticket, OffsetCommitRequest request, short version) {
            this(ticket, request, version, null);
        }

        public boolean isTransactional() {
            return producer != null;
        }

        /** Whether the client knows that a group may not be found and a member's epoch be stale, not only its generation. */
        public boolean knowsErrorsOfGroups() {
            return version >= (isTransactional() ? 6 : 9);
        }
    }

    /**
     * Answered with an OffsetFetchResponseGroup.
     *
     * @param requireStable whether offsets of open transactions must be waited for (KIP-447)
     */
    record FetchOffsets(Ticket ticket, OffsetFetchRequestGroup group, boolean requireStable) implements OffsetCommand {}

    /** Answered with an OffsetDeleteResponse. */
    record DeleteOffsets(Ticket ticket, OffsetDeleteRequest request) implements OffsetCommand {}

    /** Topics are gone, and the offsets committed for them with them. */
    record TopicsDeleted(List<DeletedTopic> topics) implements OffsetCommand {}

    /** One topic that is gone. */
    record DeletedTopic(String name, Uuid id) {}

    /** Timer: what has expired goes. */
    record ExpireOffsets() implements OffsetCommand {}
}
