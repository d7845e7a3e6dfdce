package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a member sets in motion by telling of itself, whichever protocol it says it in. */
final class MemberUpdate {
    private final Turn turn;
    private final ConsumerSettings settings;
    private final @Nullable Map<Uuid, Set<Integer>> owned;

    /** @param owned what the member says it has; null when it says nothing */
    MemberUpdate(Turn turn, ConsumerSettings settings, @Nullable Map<Uuid, Set<Integer>> owned) {
        this.turn = turn;
        this.settings = settings;
        this.owned = owned;
    }

    /**
     * Keeps what is new about the member, and bumps the epoch if the group needs another assignment for it.
     *
     * @return whether the member subscribes to something else now
     */
    boolean keep(ConsumerMember before, ConsumerMember member) {
        boolean hasNewPattern = !member.pattern().equals(before.pattern());
        if (hasNewPattern && member.hasPattern()) {
            var unused = TopicPattern.compile(member.pattern()); // refused before anything is kept of it
        }
        if (!member.equals(before)) {
            turn.keep(ConsumerRecords.member(turn.groupId(), member));
        }
        Patterns.forgetUnused(turn);
        boolean havePatternsChanged = Patterns.resolve(turn);
        boolean mustBump = havePatternsChanged
                || (hasNewPattern && !standsForNothingYet(before, member))
                || !member.topicNames().equals(before.topicNames())
                || !electedBy(turn.before()).equals(electedBy(turn.group()));
        if (mustBump || turn.hasNewTopics()) {
            long metadataHash = turn.metadataHash();
            if (mustBump || metadataHash != turn.group().metadataHash()) {
                turn.bumpEpoch(metadataHash);
            }
            if (turn.group().hasOldTopicsRecord()) {
                turn.keep(ConsumerRecords.noOldTopics(turn.groupId()));
            }
        }
        turn.checked();
        return hasNewPattern || !member.topicNames().equals(before.topicNames());
    }

    /** A first pattern that nobody had before: what it stands for says whether there is anything to assign. */
    private boolean standsForNothingYet(ConsumerMember before, ConsumerMember member) {
        return !before.hasPattern() && !turn.before().patterns().containsKey(member.pattern());
    }

    private String electedBy(ConsumerGroup group) {
        return Targets.elect(group, settings.assignors());
    }

    /** Moves the member on towards its target, as far as it can go now. */
    ConsumerMember reconcile(ConsumerMember member, boolean hasSubscriptionChanged) {
        var group = turn.group();
        var subscribed = Targets.topicIds(group, member, turn.topics());
        var next = new Reconciliation(member, group, subscribed, owned).next(hasSubscriptionChanged);
        if (!next.equals(member)) {
            turn.keep(ConsumerRecords.current(turn.groupId(), next));
            // a classic member is asked to rejoin instead, and has its own time for that
            if (next.state() == MemberState.UNREVOKED_PARTITIONS && !next.speaksClassic()) {
                turn.watchRevocation(next);
            } else {
                turn.unwatchRevocation(next.memberId());
            }
        }
        return next;
    }
}
