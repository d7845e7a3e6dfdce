package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One member's next step towards its target assignment.
 *
 * <pre>
 *              has to give something up            gave it up
 *   STABLE ────────────────────────────▶ UNREVOKED ───────────┐
 *     ▲  ╲                                   ▲                │
 *     │   ╲ nothing to give up               │ target moved   ▼
 *     │    ╲───────────────────────▶ everything free?  ──no──▶ UNRELEASED ──(others let go)──┐
 *     └──────────────────yes─────────────────┘  ▲─────────────────────────────────────────────┘
 * </pre>
 *
 * <p>A member goes on to the target's epoch only when it has given up what is not to be its own any more; until then it
 * stays in its epoch. Nobody gets a partition another member still has: so no partition has two owners.
 */
final class Reconciliation {
    private final ConsumerMember member;
    private final ConsumerGroup group;
    private final Set<Uuid> subscribed;
    private final @Nullable Map<Uuid, Set<Integer>> owned;

    /**
     * @param subscribed the topics the member subscribes to now: it may have changed its mind since the target was made
     * @param owned what the member says it has; null when it says nothing, and then it may still have everything
     */
    Reconciliation(
            ConsumerMember member, ConsumerGroup group, Set<Uuid> subscribed, @Nullable Map<Uuid, Set<Integer>> owned) {
        this.member = member;
        this.group = group;
        this.subscribed = subscribed;
        this.owned = owned;
    }

    /** The member after this step: the same one if it stays where it is. */
    ConsumerMember next(boolean hasSubscriptionChanged) {
        if (!hasSubscriptionChanged && member.isReconciledTo(group.targetEpoch())) {
            return member;
        }
        return switch (member.state()) {
            case STABLE -> member.epoch() == group.targetEpoch() ? dropUnsubscribed() : advance(member.epoch());
            case UNREVOKED_PARTITIONS -> {
                if (!mayStillHave(member.revoking())) {
                    yield advance(member.epoch());
                }
                yield hasSubscriptionChanged ? dropUnsubscribed() : member;
            }
            case UNRELEASED_PARTITIONS -> advance(member.epoch());
            case UNKNOWN -> {
                if (owned == null || !owned.isEmpty()) {
                    throw new Refused(
                            ErrorCode.FENCED_MEMBER_EPOCH,
                            "The consumer group member is in a unknown state. The member must abandon all its "
                                    + "partitions and rejoin.");
                }
                yield advance(group.targetEpoch());
            }
        };
    }

    private boolean mayStillHave(OwnedPartitions partitions) {
        return owned == null || partitions.containsAny(owned);
    }

    /** The target has not been made anew yet, but what the member does not subscribe to any more it shall give up. */
    private ConsumerMember dropUnsubscribed() {
        var kept = member.assigned().ofTopics(subscribed::contains);
        if (kept.equals(member.assigned())) {
            return member;
        }
        var leaving = member.assigned().ofTopics(topic -> !subscribed.contains(topic));
        var revoking = member.revoking().plus(leaving);
        return mayStillHave(revoking)
                ? member.at(member.epoch(), member.epoch(), MemberState.UNREVOKED_PARTITIONS, kept, revoking)
                : member.at(member.epoch(), member.epoch(), member.state(), kept, member.revoking());
    }

    /** @param epoch the one to stay in as long as there is something to give up */
    private ConsumerMember advance(int epoch) {
        Assignment target = group.target(member.memberId()).onlyOf(subscribed::contains);
        var kept = member.assigned().filter(target::contains);
        var leaving = member.assigned().filter((topic, index) -> !target.contains(topic, index));
        if (!leaving.isEmpty() && mayStillHave(leaving)) {
            return member.at(epoch, member.epoch(), MemberState.UNREVOKED_PARTITIONS, kept, leaving);
        }
        var added = new OwnedPartitions.Builder();
        boolean mustWait = false;
        for (var topic : target.partitions().entrySet()) {
            for (int index : topic.getValue()) {
                if (kept.contains(topic.getKey(), index)) {
                    continue;
                }
                if (group.isHeldByOther(topic.getKey(), index, member.memberId())) {
                    mustWait = true;
                } else {
                    added.add(topic.getKey(), index, group.targetEpoch());
                }
            }
        }
        return member.at(
                group.targetEpoch(),
                member.epoch(),
                mustWait ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE,
                kept.plus(added.build()),
                OwnedPartitions.NONE);
    }
}
