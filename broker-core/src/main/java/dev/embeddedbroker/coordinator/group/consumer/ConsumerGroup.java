package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.Group;
import dev.embeddedbroker.coordinator.group.GroupSnapshot;
import dev.embeddedbroker.coordinator.group.GroupType;
import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.offsets.ExpiryBasis;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.CommitOffsets;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A group of the consumer protocol: its epoch, its members, the target assignment, and who has which partition now.
 *
 * <p><b>Owner:</b> the machine's loop; a copy, the decision that made it.
 */
public final class ConsumerGroup implements Group {
    /** Kafka 4.4 starts groups in epoch 1, with nothing to assign. */
    private static final int FIRST_EPOCH = 1;

    private static final int NO_EPOCH = -1;

    private final String groupId;
    private int epoch = FIRST_EPOCH;
    private long metadataHash;
    private int targetEpoch = FIRST_EPOCH;
    private long assignedAtMs;
    private boolean hasOldTopicsRecord;
    private final SortedMap<String, ConsumerMember> members = new TreeMap<>();
    private final SortedMap<String, Assignment> targets = new TreeMap<>();
    private final SortedMap<String, ResolvedPattern> patterns = new TreeMap<>();
    private final Map<String, String> memberIdsByInstance = new HashMap<>();
    private final Map<Uuid, Map<Integer, String>> holders = new HashMap<>();
    private final Set<String> hesitant = new HashSet<>();
    private TopicCatalog checkedWith = TopicCatalog.EMPTY;

    public ConsumerGroup(String groupId) {
        this.groupId = groupId;
    }

    ConsumerGroup copy() {
        var copy = new ConsumerGroup(groupId);
        copy.epoch = epoch;
        copy.metadataHash = metadataHash;
        copy.targetEpoch = targetEpoch;
        copy.assignedAtMs = assignedAtMs;
        copy.hasOldTopicsRecord = hasOldTopicsRecord;
        copy.members.putAll(members);
        copy.targets.putAll(targets);
        copy.patterns.putAll(patterns);
        copy.memberIdsByInstance.putAll(memberIdsByInstance);
        holders.forEach((topic, byIndex) -> copy.holders.put(topic, new HashMap<>(byIndex)));
        copy.hesitant.addAll(hesitant);
        copy.checkedWith = checkedWith;
        return copy;
    }

    // ---- what the group is ----

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public GroupType type() {
        return GroupType.CONSUMER;
    }

    @Override
    public String stateName() {
        if (members.isEmpty()) {
            return "Empty";
        }
        if (epoch > targetEpoch) {
            return "Assigning";
        }
        return isReconciled() ? "Stable" : "Reconciling";
    }

    /** Whether every member has what the target assignment says. */
    boolean isReconciled() {
        return members.values().stream().allMatch(member -> member.isReconciledTo(targetEpoch));
    }

    @Override
    public String protocolType() {
        return "consumer";
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public Collection<String> memberIds() {
        return Collections.unmodifiableSet(members.keySet());
    }

    int epoch() {
        return epoch;
    }

    long metadataHash() {
        return metadataHash;
    }

    /** The epoch the target assignment was made for. */
    int targetEpoch() {
        return targetEpoch;
    }

    /** When the target assignment was made, in wall time; 0 when it never was. */
    long assignedAtMs() {
        return assignedAtMs;
    }

    /** Whether the log still has a record of this group that Kafka has not written since 4.1. */
    boolean hasOldTopicsRecord() {
        return hasOldTopicsRecord;
    }

    Collection<ConsumerMember> members() {
        return members.values();
    }

    @Nullable
    ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    ConsumerMember staticMember(@Nullable String instanceId) {
        var memberId = instanceId == null ? null : memberIdsByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    Assignment target(String memberId) {
        return targets.getOrDefault(memberId, Assignment.NONE);
    }

    boolean hasTarget(String memberId) {
        return targets.containsKey(memberId);
    }

    Set<String> targetMemberIds() {
        return Collections.unmodifiableSet(targets.keySet());
    }

    Map<String, ResolvedPattern> patterns() {
        return Collections.unmodifiableMap(patterns);
    }

    long subscribersOf(String pattern) {
        return members.values().stream()
                .filter(member -> member.pattern().equals(pattern))
                .count();
    }

    /** Whether a partition is in the hands of another member than this one. */
    boolean isHeldByOther(Uuid topic, int partition, String memberId) {
        var holder = holders.getOrDefault(topic, Map.of()).get(partition);
        return holder != null && !holder.equals(memberId);
    }

    /** The topics the group was last looked through with; none after it was loaded. */
    TopicCatalog checkedWith() {
        return checkedWith;
    }

    /** Whether a member was told what it is assigned and has not said yet that it has it. */
    boolean isHesitant(String memberId) {
        return hesitant.contains(memberId);
    }

    /** The names a member subscribes to, whether there are such topics or not. */
    Set<String> topicNamesOf(ConsumerMember member) {
        var resolved = member.hasPattern() ? patterns.get(member.pattern()) : null;
        if (resolved == null) {
            return member.topicNames();
        }
        var names = new TreeSet<>(member.topicNames());
        names.addAll(resolved.topics());
        return names;
    }

    /** The names anybody in the group subscribes to. */
    SortedSet<String> topicNames() {
        var names = new TreeSet<String>();
        members.values().forEach(member -> names.addAll(member.topicNames()));
        patterns.values().forEach(pattern -> names.addAll(pattern.topics()));
        return names;
    }

    /** Whether there is a partition meant for this member that somebody still has to give up. */
    boolean awaitsOthers(ConsumerMember member) {
        return target(member.memberId()).partitions().entrySet().stream().anyMatch(topic -> topic.getValue().stream()
                .anyMatch(index -> !member.assigned().contains(topic.getKey(), index)
                        && holders.getOrDefault(topic.getKey(), Map.of()).containsKey(index)));
    }

    /** Whether those who speak the classic protocol could all speak one of these. */
    boolean couldSpeak(Collection<String> protocols) {
        return protocols.stream().anyMatch(name -> members.values().stream()
                .map(ConsumerMember::classic)
                .allMatch(classic -> classic == null || classic.speaks(name)));
    }

    // ---- what the group allows ----

    @Override
    public ErrorCode checkCommit(CommitOffsets commit) {
        var request = commit.request();
        int theirEpoch = request.generationIdOrMemberEpoch;
        if (theirEpoch < 0 && isEmpty()) {
            return ErrorCode.NONE; // an admin client, or a consumer that assigns itself
        }
        boolean namesNobody = theirEpoch == NO_EPOCH && request.memberId.isEmpty() && request.groupInstanceId == null;
        if (commit.isTransactional() && namesNobody) {
            return ErrorCode.NONE; // old transactional producers do not say which member they commit for
        }
        var member = members.get(request.memberId);
        return member == null ? ErrorCode.UNKNOWN_MEMBER_ID : CommitCheck.of(member, commit);
    }

    @Override
    public ErrorCode checkFetch(@Nullable String memberId, int memberEpoch) {
        if (memberId == null && memberEpoch < 0) {
            return ErrorCode.NONE;
        }
        var member = memberId == null ? null : members.get(memberId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == memberEpoch ? ErrorCode.NONE : CommitCheck.staleness(member);
    }

    @Override
    public ErrorCode checkDeleteOffsets() {
        return ErrorCode.NONE;
    }

    @Override
    public boolean subscribesTo(String topic) {
        return members.values().stream().anyMatch(member -> member.topicNames().contains(topic))
                || patterns.values().stream()
                        .anyMatch(pattern -> pattern.topics().contains(topic));
    }

    @Override
    public ExpiryBasis expiryBasis() {
        return ExpiryBasis.COMMIT_TIME;
    }

    @Override
    public GroupSnapshot snapshot(TopicCatalog topics) {
        var seen = members.values().stream()
                .map(member -> new GroupSnapshot.Member(
                        member.memberId(),
                        member.instanceId(),
                        member.clientId(),
                        member.clientHost(),
                        topicNamesOf(member),
                        partitionsByName(member, topics)))
                .toList();
        boolean isSettled = epoch == targetEpoch && isReconciled();
        String assignor = Targets.mostVoted(this, List.of(), "");
        return new GroupSnapshot(
                groupId,
                type(),
                stateName(),
                protocolType(),
                assignor.isEmpty() ? null : assignor,
                epoch,
                isSettled,
                seen);
    }

    private static Map<String, Set<Integer>> partitionsByName(ConsumerMember member, TopicCatalog topics) {
        var byName = new TreeMap<String, Set<Integer>>();
        member.assigned().forEach((id, index, since) -> {
            var topic = topics.topic(id);
            byName.computeIfAbsent(topic == null ? id.toString() : topic.name(), t -> new TreeSet<>())
                    .add(index);
        });
        return byName;
    }

    // ---- changes: by the application of records, see ConsumerRecords ----

    void setEpoch(int newEpoch, long newMetadataHash) {
        epoch = newEpoch;
        metadataHash = newMetadataHash;
    }

    void setTarget(int newTargetEpoch, long newAssignedAtMs) {
        targetEpoch = newTargetEpoch;
        assignedAtMs = newAssignedAtMs;
    }

    void setTarget(String memberId, @Nullable Assignment target) {
        if (target == null) {
            targets.remove(memberId);
        } else {
            targets.put(memberId, target);
        }
    }

    void setPattern(String pattern, @Nullable ResolvedPattern resolved) {
        if (resolved == null) {
            patterns.remove(pattern);
        } else {
            patterns.put(pattern, resolved);
        }
    }

    void setHasOldTopicsRecord(boolean hasIt) {
        hasOldTopicsRecord = hasIt;
    }

    void put(ConsumerMember member) {
        boolean wasHesitant = isHesitant(member.memberId());
        remove(member.memberId());
        members.put(member.memberId(), member);
        setHesitant(member.memberId(), wasHesitant);
        if (member.instanceId() != null) {
            memberIdsByInstance.put(member.instanceId(), member.memberId());
        }
        hold(member.assigned(), member.memberId());
        hold(member.revoking(), member.memberId());
    }

    void remove(String memberId) {
        var old = members.remove(memberId);
        if (old == null) {
            return;
        }
        hesitant.remove(memberId);
        if (old.instanceId() != null) {
            memberIdsByInstance.remove(old.instanceId(), memberId);
        }
        release(old.assigned(), memberId);
        release(old.revoking(), memberId);
    }

    private void hold(OwnedPartitions partitions, String memberId) {
        partitions.forEach((topic, index, since) ->
                holders.computeIfAbsent(topic, t -> new HashMap<>()).put(index, memberId));
    }

    private void release(OwnedPartitions partitions, String memberId) {
        partitions.forEach((topic, index, since) -> {
            var byIndex = holders.get(topic);
            if (byIndex != null && byIndex.remove(index, memberId) && byIndex.isEmpty()) {
                holders.remove(topic);
            }
        });
    }

    void setCheckedWith(TopicCatalog topics) {
        checkedWith = topics;
    }

    void setHesitant(String memberId, boolean isHesitant) {
        if (!isHesitant) {
            hesitant.remove(memberId);
        } else if (members.containsKey(memberId)) {
            hesitant.add(memberId);
        }
    }

    /** Everything that is kept of the group: two groups are in the same state when this is the same. */
    @Override
    public String toString() {
        return "ConsumerGroup(" + groupId + ", epoch " + epoch + ", hash " + metadataHash + ", target " + targetEpoch
                + " made at " + assignedAtMs + ": " + targets + ", members " + members.values() + ", patterns "
                + patterns + ")";
    }
}
