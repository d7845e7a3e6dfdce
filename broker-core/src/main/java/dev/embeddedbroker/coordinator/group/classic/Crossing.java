package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.classic.EmbeddedProtocol.Subscription;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classic protocol's side of the border that groups of consumers cross, in either direction, while they are at work
 * (KIP-848). Holds no state.
 */
public final class Crossing {
    private final ClassicProtocol protocol;
    private final GroupSettings settings;

    public Crossing(ClassicProtocol protocol, GroupSettings settings) {
        this.protocol = protocol;
        this.settings = settings;
    }

    /** The settings of the broker, for groups of either protocol. */
    public GroupSettings settings() {
        return settings;
    }

    /** NONE when a JoinGroup is one that any group may be asked. */
    public ErrorCode checkRequest(ClassicCommand.Join join) {
        return protocol.checkRequest(join);
    }

    /**
     * A group of consumers as it would leave.
     *
     * @throws MalformedMessage when a member's subscription or assignment cannot be read
     */
    public static Emigration emigration(ClassicGroup group) {
        String spoken = spoken(group);
        var members = new ArrayList<Migrant>(group.size());
        var subscriptions = new HashMap<String, Subscription>();
        boolean hasUserData = false;
        for (ClassicMember member : group.members()) {
            var assigned = EmbeddedProtocol.assigned(member.assignment());
            hasUserData |= assigned.hasUserData();
            subscriptions.put(member.memberId(), EmbeddedProtocol.subscription(member.metadata(spoken)));
            members.add(new Migrant(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeoutMs(),
                    member.sessionTimeoutMs(),
                    member.protocols(),
                    assigned.partitions()));
        }
        return new Emigration(group.generation(), members, subscriptions, hasUserData);
    }

    /** The chosen protocol, unless none was yet, or somebody does not speak it who has joined since. */
    private static @Nullable String spoken(ClassicGroup group) {
        String chosen = group.protocol();
        boolean isOfAll = chosen != null && group.members().stream().allMatch(member -> member.supports(chosen));
        return isOfAll || group.size() == 0 ? chosen : group.electProtocol();
    }

    /** Ends a group whose members live on in another protocol: whoever is parked here is to ask again there. */
    public void dissolve(ClassicGroup group, Outcome.Builder<GroupCommand, GroupEvent> out) {
        for (ClassicMember member : group.members()) {
            if (member.awaitingJoin() != null) {
                out.reply(
                        member.awaitingJoin(), Answers.joinRefused(member.memberId(), ErrorCode.REBALANCE_IN_PROGRESS));
            }
            if (member.awaitingSync() != null) {
                out.reply(member.awaitingSync(), Answers.syncRefused(ErrorCode.REBALANCE_IN_PROGRESS));
            }
        }
        protocol.disarm(group, out);
        out.event(ClassicRecords.tombstone(group.groupId()));
    }

    /**
     * A group is made of members that come from another protocol.
     *
     * @param generation the one their group was in
     * @param rebalanceReason why they must rebalance; null when everybody has what it should
     */
    public Outcome<GroupCommand, GroupEvent> immigration(
            String groupId, int generation, List<Migrant> migrants, @Nullable String rebalanceReason, Moment now) {
        var turn = Turn.aboutNew(groupId, settings, now);
        var group = turn.change("its members came from the consumer protocol");
        migrants.forEach(migrant -> group.add(ClassicMember.arriving(migrant), ClassicGroup.CONSUMER_PROTOCOL_TYPE));
        group.settle(generation);
        for (Migrant migrant : migrants) {
            var member = group.requireMember(migrant.memberId());
            short version = versionOf(member.metadata(group.protocol()));
            group.update(member.assigned(EmbeddedProtocol.assignment(migrant.assigned(), version)));
            turn.watch(member);
        }
        turn.store();
        if (rebalanceReason != null) {
            new Rebalance(turn).prepare(rebalanceReason);
        }
        return turn.done();
    }

    /** Only the first of a member's protocols was ever read; its assignment is in the oldest version if this one is not one. */
    private static short versionOf(byte[] subscription) {
        try {
            return EmbeddedProtocol.subscription(subscription).version();
        } catch (MalformedMessage notASubscription) {
            return 0;
        }
    }
}
