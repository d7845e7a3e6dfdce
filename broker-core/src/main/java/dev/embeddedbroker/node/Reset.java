package dev.embeddedbroker.node;

import dev.embeddedbroker.api.MemberConnections;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.CreatedTopic;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.NewTopic;
import dev.embeddedbroker.metadata.TopicRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The way of a running broker back to its beginning.
 *
 * <p>The metadata changes at once ({@link ControllerClient#reset}): all topics go, internal ones too, and with their
 * partitions everything that lives in them, groups, offsets, transactions and producers' states. Groups whose clients are
 * connected are put into the new {@code __consumer_offsets} as its first records, so that to their members no more has
 * happened than a failover: they need not join anew, which they would learn with a heartbeat only, and would meanwhile read
 * what they read again afterwards.
 *
 * <p><b>Owner:</b> none; one thread at a time.
 */
final class Reset {
    private final ControllerClient controller;
    private final GroupCoordinators groups;
    private final MemberConnections members;
    private final Quotas quotas;
    private final InternalTopics internalTopics;

    Reset(
            ControllerClient controller,
            GroupCoordinators groups,
            MemberConnections members,
            Quotas quotas,
            InternalTopics internalTopics) {
        this.controller = controller;
        this.groups = groups;
        this.members = members;
        this.quotas = quotas;
        this.internalTopics = internalTopics;
    }

    /** Resets to these topics; says what became of each. */
    List<CreatedTopic> to(List<NewTopic> topics) {
        var wanted = new ArrayList<>(topics);
        try {
            if (BrokerNode.await(groups.keepLiving(members::has))) {
                wanted.add(Objects.requireNonNull(internalTopics.topic(TopicRules.CONSUMER_OFFSETS)));
            }
            return BrokerNode.await(controller.reset(wanted));
        } finally {
            groups.forgetLiving();
            quotas.forgetUse();
        }
    }
}
