package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.time.Moment;

/**
 * One decision about one consumer group: the group as it will be, and the outcome so far. Each record is applied to a copy
 * as soon as it is decided on, so the next step sees it; the copy is made at the first of them.
 *
 * <p><b>Owner:</b> the decision; it does not outlive it.
 */
final class Turn {
    private final Outcome.Builder<GroupCommand, GroupEvent> out = new Outcome.Builder<>();
    private final ConsumerGroup before;
    private final TopicCatalog topics;
    private final Moment now;
    private ConsumerGroup group;
    private boolean isChecked;

    /** @param topics those of the asker; the group may have been looked through with newer ones */
    Turn(ConsumerGroup group, TopicCatalog topics, Moment now) {
        this.before = group;
        this.group = group;
        this.topics = topics.version() > group.checkedWith().version() ? topics : group.checkedWith();
        this.now = now;
    }

    /** The group as it was when the decision began. */
    ConsumerGroup before() {
        return before;
    }

    /** The group as it is so far. */
    ConsumerGroup group() {
        return group;
    }

    String groupId() {
        return before.groupId();
    }

    TopicCatalog topics() {
        return topics;
    }

    /** Whether the topics are others than those the group was last looked through with. */
    boolean hasNewTopics() {
        return topics.version() > before.checkedWith().version();
    }

    /** The group was looked through with the present topics. */
    void checked() {
        isChecked = hasNewTopics();
    }

    long nowMs() {
        return now.wallMs();
    }

    void keep(Kept record) {
        if (group == before) {
            group = before.copy();
        }
        Replay.apply(group, record);
        out.event(record);
    }

    /** Bumps the group's epoch: something about it calls for another assignment. */
    void bumpEpoch(long metadataHash) {
        keep(ConsumerRecords.epoch(groupId(), group.epoch() + 1, metadataHash));
    }

    /** The hash of the topics the group subscribes to; what was kept of it while it is not known what topics there are. */
    long metadataHash() {
        var names = group.topicNames();
        return names.isEmpty() || topics.version() >= 0 ? MetadataHash.of(names, topics) : group.metadataHash();
    }

    void reply(Ticket ticket, Object answer) {
        out.reply(ticket, answer);
    }

    /** The member is gone unless something is heard of it within this time. */
    void watch(String memberId, int timeoutMs) {
        out.arm(
                new ConsumerTimer.Session(groupId(), memberId),
                timeoutMs,
                new ConsumerCommand.SessionOver(groupId(), memberId));
    }

    /** The member is gone unless it gives up what it has to within its rebalance timeout. */
    void watchRevocation(ConsumerMember member) {
        out.arm(
                new ConsumerTimer.Revocation(groupId(), member.memberId()),
                member.rebalanceTimeoutMs(),
                new ConsumerCommand.RevocationOver(groupId(), member.memberId(), member.epoch()));
    }

    void unwatchRevocation(String memberId) {
        out.cancel(new ConsumerTimer.Revocation(groupId(), memberId));
    }

    void unwatch(String memberId) {
        out.cancel(new ConsumerTimer.Session(groupId(), memberId));
        unwatchRevocation(memberId);
    }

    Outcome<GroupCommand, GroupEvent> done() {
        if (isChecked) {
            out.event(new ConsumerEvent.Checked(groupId(), topics));
        }
        return out.build();
    }
}
