package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.Crossing;
import dev.embeddedbroker.time.Moment;
import java.util.stream.Stream;

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
    private final Crossing crossing;
    private final Moment now;
    private ConsumerGroup group;
    private Outcome<GroupCommand, GroupEvent> afterlife = Outcome.nothing();
    private boolean isChecked;

    /** @param topics those of the asker; the group may have been looked through with newer ones */
    Turn(ConsumerGroup group, TopicCatalog topics, Crossing crossing, Moment now) {
        this.crossing = crossing;
        this.before = group;
        this.group = group;
        this.topics = topics.version() > group.checkedWith().version() ? topics : group.checkedWith();
        this.now = now;
    }

    /** The way to the classic protocol, for members that are left to themselves there. */
    Crossing crossing() {
        return crossing;
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

    Moment now() {
        return now;
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

    /** What comes before all else: it has happened when the first record is kept. */
    Outcome.Builder<GroupCommand, GroupEvent> out() {
        return out;
    }

    /** Ends the group, with all that is kept of it, and lets its members live on in another protocol. */
    void end(Outcome<GroupCommand, GroupEvent> newLife) {
        Stream.concat(before.members().stream(), group.members().stream())
                .map(ConsumerMember::memberId)
                .distinct()
                .forEach(this::unwatch);
        ConsumerRecords.noneOf(group).forEach(out::event);
        afterlife = newLife;
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

    /** The classic member, told of a rebalance, is gone unless it rejoins within its rebalance timeout. */
    void watchRejoin(ConsumerMember member) {
        out.armIfAbsent(
                new ConsumerTimer.Rejoin(groupId(), member.memberId()),
                member.rebalanceTimeoutMs(),
                new ConsumerCommand.SessionOver(groupId(), member.memberId()));
    }

    /** The classic member has rejoined, and is gone unless it asks for its assignment within this time. */
    void watchSync(String memberId, int timeoutMs) {
        out.cancel(new ConsumerTimer.Rejoin(groupId(), memberId));
        out.arm(
                new ConsumerTimer.Sync(groupId(), memberId),
                timeoutMs,
                new ConsumerCommand.SessionOver(groupId(), memberId));
    }

    void unwatchSync(String memberId) {
        out.cancel(new ConsumerTimer.Sync(groupId(), memberId));
    }

    /** The member is not awaited with requests of the classic protocol any more. */
    void unwatchClassic(String memberId) {
        out.cancel(new ConsumerTimer.Rejoin(groupId(), memberId));
        unwatchSync(memberId);
    }

    void unwatchRevocation(String memberId) {
        out.cancel(new ConsumerTimer.Revocation(groupId(), memberId));
    }

    void unwatch(String memberId) {
        out.cancel(new ConsumerTimer.Session(groupId(), memberId));
        unwatchRevocation(memberId);
        unwatchClassic(memberId);
    }

    Outcome<GroupCommand, GroupEvent> done() {
        if (isChecked) {
            out.event(new ConsumerEvent.Checked(groupId(), topics));
        }
        return out.build().then(afterlife);
    }
}
