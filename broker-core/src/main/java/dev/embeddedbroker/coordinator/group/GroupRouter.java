package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.coordinator.Machine;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticks;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.group.GroupCommand.DeleteGroup;
import dev.embeddedbroker.coordinator.group.GroupCommand.DescribeGroup;
import dev.embeddedbroker.coordinator.group.GroupCommand.InContext;
import dev.embeddedbroker.coordinator.group.GroupCommand.ListGroups;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.GroupEvent.TopicsSeen;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.classic.ClassicEvent;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.classic.ClassicProtocol;
import dev.embeddedbroker.coordinator.group.classic.ClassicRecords;
import dev.embeddedbroker.coordinator.group.classic.ClassicState;
import dev.embeddedbroker.coordinator.group.classic.Crossing;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerEvent;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerGroup;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerProtocol;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.CommitOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeleteOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.ExpireOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.FetchOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.TopicsDeleted;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.PendingOffset;
import dev.embeddedbroker.coordinator.group.offsets.OffsetRecords;
import dev.embeddedbroker.coordinator.group.offsets.OffsetRules;
import dev.embeddedbroker.coordinator.group.offsets.Offsets;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.record.group.GroupMetadataKey;
import dev.embeddedbroker.protocol.record.group.GroupMetadataValue;
import dev.embeddedbroker.protocol.record.group.OffsetCommitKey;
import dev.embeddedbroker.protocol.record.group.OffsetCommitValue;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.ListGroupsResponse.ListedGroup;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The machine of one partition of {@code __consumer_offsets}: all groups whose ids fall on it, and their offsets. This is
 * the one place that knows every group protocol: it finds the group, sends the command to the group's protocol, and does
 * itself what crosses protocols (listing, deletion, expiry).
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe.
 */
public final class GroupRouter implements Machine<GroupCommand, GroupEvent> {
    private static final int GROUP_ID_NOT_FOUND_SINCE = 6;

    private final GroupSettings settings;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Offsets offsets = new Offsets();
    private final ClassicProtocol classic;
    private final ConsumerProtocol consumer;
    private final OffsetRules offsetRules;
    private final Ticks expiryTicks;
    private TopicCatalog latestTopics = TopicCatalog.EMPTY;

    /** The key of the timer of {@link ExpireOffsets}. */
    private enum RouterTimer {
        EXPIRY
    }

    public GroupRouter(GroupSettings settings) {
        this.settings = settings;
        this.expiryTicks = new Ticks(settings.retentionCheckIntervalMs());
        this.classic = new ClassicProtocol(settings);
        this.consumer = new ConsumerProtocol(new Crossing(classic, settings));
        this.offsetRules = new OffsetRules(offsets, settings);
    }

    // ---- reading, for those who look in from the same loop ----

    public @Nullable Group group(String groupId) {
        return groups.get(groupId);
    }

    public Map<String, Group> groups() {
        return Collections.unmodifiableMap(groups);
    }

    public Offsets offsets() {
        return offsets;
    }

    // ---- deciding ----

    @Override
    public Outcome<GroupCommand, GroupEvent> decide(GroupCommand command, Moment now) {
        var outcome = decided(command, now);
        if (!groups.isEmpty() || outcome.events().isEmpty()) {
            return outcome;
        }
        // the first group may be on its way: offsets are looked through from now on, until there is no group any more
        var expiry = new Outcome.Builder<GroupCommand, GroupEvent>();
        expiry.armIfAbsent(RouterTimer.EXPIRY, expiryTicks.toNextMs(now), new ExpireOffsets());
        return outcome.then(expiry.build());
    }

    private Outcome<GroupCommand, GroupEvent> decided(GroupCommand command, Moment now) {
        if (command instanceof InContext context) {
            return seeing(
                    context.topics(),
                    decideClassic(context, groups.get(context.request().groupId()), now));
        }
        if (command instanceof ClassicCommand timer) {
            return decideClassic(inContext(timer), groups.get(timer.groupId()), now);
        }
        if (command instanceof ConsumerCommand consumerCommand) {
            return decideConsumer(consumerCommand, groups.get(consumerCommand.groupId()), now);
        }
        if (command instanceof OffsetCommand offsetCommand) {
            return decideOffsets(offsetCommand, now);
        }
        if (command instanceof ListGroups list) {
            return Outcome.answer(list.ticket(), list(list));
        }
        if (command instanceof DescribeGroup describe) {
            return Outcome.answer(describe.ticket(), describe(describe));
        }
        if (command instanceof DeleteGroup delete) {
            return delete(delete);
        }
        throw new IllegalArgumentException("no group protocol knows the command " + command);
    }

    /** Notes the topics a command came with, if they are newer, for those that come without. */
    private Outcome<GroupCommand, GroupEvent> seeing(TopicCatalog topics, Outcome<GroupCommand, GroupEvent> outcome) {
        if (topics.version() <= latestTopics.version()) {
            return outcome;
        }
        var seen = new Outcome.Builder<GroupCommand, GroupEvent>().event(new TopicsSeen(topics));
        return seen.build().then(outcome);
    }

    private InContext inContext(ClassicCommand command) {
        return new InContext(command, settings.consumer(), latestTopics);
    }

    private Outcome<GroupCommand, GroupEvent> decideClassic(InContext context, @Nullable Group group, Moment now) {
        var command = context.request();
        if (group == null || group instanceof ClassicGroup) {
            return classic.decide(command, (ClassicGroup) group, now);
        }
        if (command instanceof ClassicCommand.Join && group.isEmpty()) {
            return inPlaceOf(group, classic.decide(command, null, now));
        }
        var outcome = group instanceof ConsumerGroup consumers ? consumer.decide(context, consumers, now) : null;
        return outcome == null ? classic.refuse(command) : outcome;
    }

    private Outcome<GroupCommand, GroupEvent> decideConsumer(
            ConsumerCommand command, @Nullable Group group, Moment now) {
        if (!(command instanceof ConsumerCommand.Heartbeat heartbeat)) {
            return consumer.decide(command, group, latestTopics, now);
        }
        boolean makesWay = heartbeat.isJoin() && group instanceof ClassicGroup && group.isEmpty();
        var outcome = consumer.decide(command, makesWay ? null : group, latestTopics, now);
        return seeing(heartbeat.topics(), makesWay && group != null ? inPlaceOf(group, outcome) : outcome);
    }

    /** An empty group makes way for one of the same id and another protocol, if that comes about; its offsets stay. */
    private Outcome<GroupCommand, GroupEvent> inPlaceOf(Group old, Outcome<GroupCommand, GroupEvent> coming) {
        if (coming.events().isEmpty()) {
            return coming;
        }
        var out = new Outcome.Builder<GroupCommand, GroupEvent>();
        bury(old, out);
        return out.build().then(coming);
    }

    private Outcome<GroupCommand, GroupEvent> decideOffsets(OffsetCommand command, Moment now) {
        var out = new Outcome.Builder<GroupCommand, GroupEvent>();
        if (command instanceof CommitOffsets commit) {
            commit(commit, now, out);
        } else if (command instanceof FetchOffsets fetch) {
            out.reply(fetch.ticket(), offsetRules.fetch(fetch, groups.get(fetch.group().groupId)));
        } else if (command instanceof DeleteOffsets delete) {
            offsetRules.delete(delete, groups.get(delete.request().groupId), out);
        } else if (command instanceof TopicsDeleted deleted) {
            offsetRules.deleteTopics(deleted.topics(), out);
        } else if (command instanceof ExpireOffsets) {
            expire(now, out);
        }
        return out.build();
    }

    private void commit(CommitOffsets commit, Moment now, Outcome.Builder<GroupCommand, GroupEvent> out) {
        var group = groups.get(commit.request().groupId);
        ErrorCode error = offsetRules.check(commit, group);
        if (error != ErrorCode.NONE) {
            out.reply(commit.ticket(), OffsetRules.refused(commit, error));
            return;
        }
        if (group instanceof ClassicGroup classicGroup
                && !commit.isTransactional()) { // otherwise its producer is alive
            classic.keepAlive(classicGroup, commit.request().memberId, out);
        }
        offsetRules.commit(commit, now, out);
    }

    private List<ListedGroup> list(ListGroups list) {
        Set<String> states = inLowerCase(list.states());
        Set<String> types = inLowerCase(list.types());
        var listed = new ArrayList<ListedGroup>();
        for (Group group : groups.values()) {
            boolean matches =
                    (states.isEmpty() || states.contains(group.stateName().toLowerCase(Locale.ROOT)))
                            && (types.isEmpty() || types.contains(group.type().label()));
            if (matches) {
                listed.add(new ListedGroup()
                        .setGroupId(group.groupId())
                        .setProtocolType(group.protocolType())
                        .setGroupState(group.stateName())
                        .setGroupType(group.type().label()));
            }
        }
        return listed;
    }

    private static Set<String> inLowerCase(Set<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT).trim()).collect(Collectors.toSet());
    }

    private DescribedGroup describe(DescribeGroup describe) {
        String groupId = describe.groupId();
        var group = groups.get(groupId);
        if (group instanceof ClassicGroup classicGroup) {
            return classic.describe(classicGroup);
        }
        var dead = new DescribedGroup().setGroupId(groupId).setGroupState(ClassicState.DEAD.label());
        if (describe.version() < GROUP_ID_NOT_FOUND_SINCE) {
            return dead;
        }
        String message =
                group == null ? "Group " + groupId + " not found." : "Group " + groupId + " is not a classic group.";
        return dead.setErrorCode(ErrorCode.GROUP_ID_NOT_FOUND.id()).setErrorMessage(message);
    }

    private Outcome<GroupCommand, GroupEvent> delete(DeleteGroup delete) {
        var group = groups.get(delete.groupId());
        if (group == null) {
            return Outcome.answer(delete.ticket(), ErrorCode.GROUP_ID_NOT_FOUND);
        }
        if (!group.isEmpty()) {
            return Outcome.answer(delete.ticket(), ErrorCode.NON_EMPTY_GROUP);
        }
        var out = new Outcome.Builder<GroupCommand, GroupEvent>();
        offsetRules.deleteAll(delete.groupId(), out);
        bury(group, out);
        return out.reply(delete.ticket(), ErrorCode.NONE).build();
    }

    /** An empty group whose last offset has expired goes too; one whose handed-out ids are awaited stays. */
    private void expire(Moment now, Outcome.Builder<GroupCommand, GroupEvent> out) {
        for (Group group : groups.values()) {
            boolean hasNoOffsets = offsetRules.expire(group, now, out);
            if (hasNoOffsets && group.isEmpty() && !(group instanceof ClassicGroup c && c.awaitsAnybody())) {
                bury(group, out);
            }
        }
        if (!groups.isEmpty()) {
            out.arm(RouterTimer.EXPIRY, expiryTicks.toNextMs(now), new ExpireOffsets());
        }
    }

    private void bury(Group group, Outcome.Builder<GroupCommand, GroupEvent> out) {
        if (group instanceof ClassicGroup classicGroup) {
            classic.disarm(classicGroup, out);
            out.event(ClassicRecords.tombstone(group.groupId()));
        } else if (group instanceof ConsumerGroup consumers) {
            consumer.bury(consumers, out);
        }
    }

    @Override
    public @Nullable GroupCommand notWritten(GroupCommand command, short errorCode) {
        var request = command instanceof InContext context ? context.request() : command;
        return request instanceof ClassicCommand.Sync sync
                ? new ClassicCommand.AssignmentNotStored(
                        sync.groupId(), sync.request().generationId, StoreErrors.ofGroup(ErrorCode.forId(errorCode)))
                : null;
    }

    // ---- applying ----

    @Override
    public void apply(GroupEvent event) {
        if (event instanceof Kept kept) {
            applyRecord(kept);
        } else if (event instanceof OffsetEvent offsetEvent) {
            if (offsetEvent instanceof PendingOffset pending) {
                createSimple(((OffsetCommitKey) pending.offset().key()).group);
            }
            OffsetRecords.apply(offsets, offsetEvent);
        } else if (event instanceof ClassicEvent.Became became) {
            groups.put(became.group().groupId(), became.group());
        } else if (event instanceof TopicsSeen seen) {
            latestTopics = seen.topics();
        } else if (event instanceof ConsumerEvent consumerEvent) {
            if (groups.get(consumerEvent.groupId()) instanceof ConsumerGroup consumers) {
                ConsumerProtocol.apply(consumers, consumerEvent);
            }
        } else {
            throw new IllegalArgumentException("no group protocol knows the event " + event);
        }
    }

    private void applyRecord(Kept record) {
        if (record.key() instanceof OffsetCommitKey key) {
            var value = (OffsetCommitValue) record.value();
            if (value != null) {
                createSimple(key.group);
            }
            OffsetRecords.apply(offsets, key, value);
        } else if (record.key() instanceof GroupMetadataKey key) {
            if (record.value() == null) {
                groups.remove(key.group);
            } else {
                groups.put(key.group, ClassicRecords.group(key, (GroupMetadataValue) record.value()));
            }
        } else {
            applyConsumerRecord(record);
        }
    }

    private void applyConsumerRecord(Kept record) {
        String groupId = ConsumerProtocol.groupIdOf(record.key());
        if (groupId == null) {
            throw new IllegalArgumentException("no group protocol knows records of "
                    + record.key().getClass().getSimpleName());
        }
        var group = groups.get(groupId);
        if (group instanceof ConsumerGroup consumers) {
            ConsumerProtocol.apply(consumers, record);
            if (ConsumerProtocol.endsGroup(record)) {
                groups.remove(groupId);
            }
        } else if (record.value() != null) {
            if (group != null && !group.isEmpty()) {
                throw new IllegalStateException(
                        "record of consumer group " + groupId + " which is " + group + " (expected: none, or empty)");
            }
            var created = new ConsumerGroup(groupId);
            ConsumerProtocol.apply(created, record);
            groups.put(groupId, created);
        }
    }

    /** A simple group has offsets and no record. */
    private void createSimple(String groupId) {
        if (!groups.containsKey(groupId)) {
            groups.put(groupId, new ClassicGroup(groupId, -1));
        }
    }

    @Override
    public List<TimerOp<GroupCommand>> rearm(Moment now) {
        var timers = new ArrayList<TimerOp<GroupCommand>>();
        for (Group group : groups.values()) {
            if (group instanceof ClassicGroup classicGroup) {
                timers.addAll(classic.rearm(classicGroup));
            } else if (group instanceof ConsumerGroup consumers) {
                timers.addAll(consumer.rearm(consumers));
            }
        }
        expiryTicks.start(now);
        if (!groups.isEmpty()) {
            timers.add(new TimerOp.Arm<>(RouterTimer.EXPIRY, expiryTicks.toNextMs(now), new ExpireOffsets()));
        }
        return timers;
    }
}
