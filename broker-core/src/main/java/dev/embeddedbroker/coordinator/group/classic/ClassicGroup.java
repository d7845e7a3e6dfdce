package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.Group;
import dev.embeddedbroker.coordinator.group.GroupSnapshot;
import dev.embeddedbroker.coordinator.group.GroupType;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.offsets.ExpiryBasis;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.CommitOffsets;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol: its generation, its members in order of joining, and who is awaited.
 *
 * <p>A group that was put into the machine is never changed again. A decision works on a {@link #copy()}, which replaces
 * it when the decision's event is applied; so a decision can follow its own consequences through several steps and still
 * change nothing.
 *
 * <p><b>Owner:</b> the machine's loop; a copy, the decision that made it.
 */
public final class ClassicGroup implements Group {
    static final String CONSUMER_PROTOCOL_TYPE = "consumer";
    private static final String STREAMS_ASSIGNOR = "stream";

    private final String groupId;
    private ClassicState state = ClassicState.EMPTY;
    private long stateSinceMs;
    private boolean isFirstRebalance;
    private boolean newMemberAdded;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private int generation;
    private @Nullable String leader;
    private @Nullable Set<String> subscribedTopics;
    private final LinkedHashMap<String, ClassicMember> members = new LinkedHashMap<>();
    private final LinkedHashSet<String> pendingMembers = new LinkedHashSet<>();
    private final LinkedHashSet<String> pendingSyncs = new LinkedHashSet<>();

    /** A group nobody has joined yet. */
    public ClassicGroup(String groupId, long stateSinceMs) {
        this.groupId = groupId;
        this.stateSinceMs = stateSinceMs;
    }

    ClassicGroup copy() {
        var copy = new ClassicGroup(groupId, stateSinceMs);
        copy.state = state;
        copy.isFirstRebalance = isFirstRebalance;
        copy.newMemberAdded = newMemberAdded;
        copy.protocolType = protocolType;
        copy.protocol = protocol;
        copy.generation = generation;
        copy.leader = leader;
        copy.subscribedTopics = subscribedTopics;
        copy.members.putAll(members);
        copy.pendingMembers.addAll(pendingMembers);
        copy.pendingSyncs.addAll(pendingSyncs);
        return copy;
    }

    // ---- what the group is ----

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public GroupType type() {
        return GroupType.CLASSIC;
    }

    @Override
    public String stateName() {
        return state.label();
    }

    @Override
    public String protocolType() {
        return protocolType == null ? "" : protocolType;
    }

    @Override
    public boolean isEmpty() {
        return state == ClassicState.EMPTY;
    }

    @Override
    public Collection<String> memberIds() {
        return Collections.unmodifiableSet(members.keySet());
    }

    ClassicState state() {
        return state;
    }

    boolean isIn(ClassicState expected) {
        return state == expected;
    }

    boolean isSettled() {
        return state == ClassicState.STABLE || state == ClassicState.COMPLETING_REBALANCE;
    }

    /** Whether no rebalance is on. */
    public boolean isAtRest() {
        return state == ClassicState.STABLE;
    }

    /** What a member said its session timeout is; 0 for one that is no member. */
    public int sessionTimeoutMsOf(String memberId) {
        var member = members.get(memberId);
        return member == null ? 0 : member.sessionTimeoutMs();
    }

    /** Whether its members are plain consumers: those of Kafka Streams do not leave, and wait for answers when they close. */
    public boolean isOfPlainConsumers() {
        return CONSUMER_PROTOCOL_TYPE.equals(protocolType) && !STREAMS_ASSIGNOR.equals(protocol);
    }

    /** When the group came into its state, in wall time; -1 when its record does not tell. */
    long stateSinceMs() {
        return stateSinceMs;
    }

    /** Whether the rebalance being prepared is the group's first, which waits for its delay and not for members. */
    boolean isFirstRebalance() {
        return isFirstRebalance;
    }

    boolean newMemberAdded() {
        return newMemberAdded;
    }

    @Nullable
    String protocolTypeOrNull() {
        return protocolType;
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    int generation() {
        return generation;
    }

    @Nullable
    String leader() {
        return leader;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leader);
    }

    Collection<ClassicMember> members() {
        return members.values();
    }

    public int size() {
        return members.size();
    }

    @Nullable
    ClassicMember member(String memberId) {
        return members.get(memberId);
    }

    ClassicMember requireMember(String memberId) {
        var member = members.get(memberId);
        if (member == null) {
            throw new IllegalStateException("group " + groupId + " has no member " + memberId);
        }
        return member;
    }

    @Nullable
    ClassicMember staticMember(@Nullable String instanceId) {
        if (instanceId == null) {
            return null;
        }
        for (ClassicMember member : members.values()) {
            if (instanceId.equals(member.instanceId())) {
                return member;
            }
        }
        return null;
    }

    boolean isPending(String memberId) {
        return pendingMembers.contains(memberId);
    }

    /** Ids that were handed out and whose members have not come back with them (KIP-394). */
    Set<String> pendingMembers() {
        return pendingMembers;
    }

    /** Whether a member may come back with an id it was handed out just now. */
    public boolean awaitsAnybody() {
        return !pendingMembers.isEmpty();
    }

    /** Members of this generation that have not asked for their assignment. */
    Set<String> pendingSyncs() {
        return pendingSyncs;
    }

    boolean allHaveJoined() {
        return pendingMembers.isEmpty() && members.values().stream().allMatch(ClassicMember::isAwaitingJoin);
    }

    long awaitingJoinCount() {
        return members.values().stream().filter(ClassicMember::isAwaitingJoin).count();
    }

    int rebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(ClassicMember::rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    /** Whether a member of this type that speaks these protocols would leave the group one that all of it speaks. */
    boolean couldSpeakWith(String type, List<SpokenProtocol> theirs) {
        if (isEmpty()) {
            return !type.isEmpty() && !theirs.isEmpty();
        }
        return type.equals(protocolType)
                && theirs.stream()
                        .anyMatch(p -> members.values().stream().allMatch(member -> member.supports(p.name())));
    }

    /** The protocol with the most votes of those all members speak; of equals, the one that was voted for first. */
    String electProtocol() {
        Set<String> candidates = members.values().iterator().next().protocols().stream()
                .map(SpokenProtocol::name)
                .filter(name -> members.values().stream().allMatch(member -> member.supports(name)))
                .collect(Collectors.toSet());
        Map<String, Integer> votes = new LinkedHashMap<>();
        members.values().forEach(member -> votes.merge(member.vote(candidates), 1, Integer::sum));
        String elected = null;
        for (var vote : votes.entrySet()) {
            if (elected == null || vote.getValue() > votes.getOrDefault(elected, 0)) {
                elected = vote.getKey();
            }
        }
        if (elected == null) {
            throw new IllegalStateException("group " + groupId + " elects a protocol without members");
        }
        return elected;
    }

    // ---- what the group allows ----

    /** NONE for a member; UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when another member took the instance id (KIP-345). */
    ErrorCode checkMember(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            var holder = staticMember(instanceId);
            if (holder == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            if (!holder.memberId().equals(memberId)) {
                return ErrorCode.FENCED_INSTANCE_ID;
            }
        }
        return members.containsKey(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    @Override
    public ErrorCode checkCommit(CommitOffsets commit) {
        var request = commit.request();
        int theirGeneration = request.generationIdOrMemberEpoch;
        if (theirGeneration < 0 && isEmpty()) {
            return ErrorCode.NONE; // an admin client, or a consumer that assigns itself
        }
        if (theirGeneration < 0 && request.memberId.isEmpty() && request.groupInstanceId == null) {
            // old transactional producers do not say which member they commit for
            return commit.isTransactional() ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode membership = checkMember(request.memberId, request.groupInstanceId);
        if (membership != ErrorCode.NONE) {
            return membership;
        }
        if (theirGeneration != generation) {
            return ErrorCode.ILLEGAL_GENERATION;
        }
        return !commit.isTransactional() && isIn(ClassicState.COMPLETING_REBALANCE)
                ? ErrorCode.REBALANCE_IN_PROGRESS
                : ErrorCode.NONE;
    }

    @Override
    public ErrorCode checkFetch(@Nullable String memberId, int memberEpoch) {
        return ErrorCode.NONE; // a classic group's offsets are anybody's to read
    }

    @Override
    public ErrorCode checkDeleteOffsets() {
        return isEmpty() || CONSUMER_PROTOCOL_TYPE.equals(protocolType) ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
    }

    /** A consumer group whose subscriptions cannot be read may be consuming anything. */
    @Override
    public boolean subscribesTo(String topic) {
        return subscribedTopics != null
                ? subscribedTopics.contains(topic)
                : CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }

    @Override
    public ExpiryBasis expiryBasis() {
        if (protocolType == null) {
            return ExpiryBasis.COMMIT_TIME;
        }
        if (isEmpty()) {
            return stateSinceMs < 0 ? ExpiryBasis.COMMIT_TIME : ExpiryBasis.emptySince(stateSinceMs);
        }
        boolean knowsItsTopics = CONSUMER_PROTOCOL_TYPE.equals(protocolType) && subscribedTopics != null;
        return knowsItsTopics && isIn(ClassicState.STABLE) ? ExpiryBasis.COMMIT_TIME : ExpiryBasis.NEVER;
    }

    @Override
    public GroupSnapshot snapshot(TopicCatalog topics) {
        boolean isSettled = state == ClassicState.STABLE && pendingMembers.isEmpty() && pendingSyncs.isEmpty();
        return new GroupSnapshot(
                groupId,
                type(),
                stateName(),
                protocolType(),
                protocol,
                generation,
                isSettled || isEmpty(),
                members.values().stream()
                        .map(member -> member.snapshot(isOfConsumers(), protocol))
                        .toList());
    }

    /** Whether the members are consumers, as far as their group knows. */
    public boolean isOfConsumers() {
        return CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }

    // ---- changes, to a copy ----

    void restore(int storedGeneration, @Nullable String type, @Nullable String chosen, @Nullable String storedLeader) {
        generation = storedGeneration;
        protocolType = type;
        protocol = chosen;
        leader = storedLeader;
    }

    /** Settles a group whose members come from another protocol: it is stable in the generation they were in. */
    void settle(int theirGeneration) {
        generation = theirGeneration;
        protocol = electProtocol();
        subscribedTopics = readSubscriptions();
        state = ClassicState.STABLE;
    }

    /** Ends the reading of a stored group: it is stable when it has members, empty otherwise. */
    void restored() {
        state = members.isEmpty() ? ClassicState.EMPTY : ClassicState.STABLE;
        subscribedTopics = readSubscriptions();
    }

    void moveTo(ClassicState next, long nowMs) {
        isFirstRebalance = state == ClassicState.EMPTY && next == ClassicState.PREPARING_REBALANCE;
        state = next;
        stateSinceMs = nowMs;
    }

    void noteNewMember(boolean added) {
        newMemberAdded = added;
    }

    void addPending(String memberId) {
        pendingMembers.add(memberId);
    }

    void add(ClassicMember member, String type) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        if (leader == null) {
            leader = member.memberId();
        }
        pendingMembers.remove(member.memberId());
        members.put(member.memberId(), member);
    }

    void update(ClassicMember member) {
        members.replace(member.memberId(), member);
    }

    /** Removes a member, or an id that was handed out; a removed leader is succeeded by the member longest in the group. */
    void remove(String memberId) {
        members.remove(memberId);
        pendingMembers.remove(memberId);
        pendingSyncs.remove(memberId);
        if (isLeader(memberId)) {
            leader = members.isEmpty() ? null : members.keySet().iterator().next();
        }
    }

    /** Puts a static member that came back under a new id into its old place. */
    void replace(String oldMemberId, ClassicMember successor) {
        var order = new LinkedHashMap<>(members);
        members.clear();
        order.forEach((id, member) -> {
            var kept = id.equals(oldMemberId) ? successor : member;
            members.put(kept.memberId(), kept);
        });
        if (isLeader(oldMemberId)) {
            leader = successor.memberId();
        }
        if (pendingSyncs.remove(oldMemberId)) {
            pendingSyncs.add(successor.memberId());
        }
    }

    /** Makes sure the leader is one who has joined; false when nobody has. */
    boolean electLeader() {
        if (leader != null && requireMember(leader).isAwaitingJoin()) {
            return true;
        }
        for (ClassicMember member : members.values()) {
            if (leader != null && member.isAwaitingJoin()) {
                leader = member.memberId();
                return true;
            }
        }
        return false;
    }

    /** Starts the next generation, of those who are members now. */
    void startGeneration(long nowMs) {
        generation++;
        protocol = members.isEmpty() ? null : electProtocol();
        subscribedTopics = readSubscriptions();
        pendingSyncs.clear();
        moveTo(members.isEmpty() ? ClassicState.EMPTY : ClassicState.COMPLETING_REBALANCE, nowMs);
    }

    void awaitSync(String memberId) {
        pendingSyncs.add(memberId);
    }

    void syncArrived(String memberId) {
        pendingSyncs.remove(memberId);
    }

    void forgetSyncs() {
        pendingSyncs.clear();
    }

    private @Nullable Set<String> readSubscriptions() {
        if (!CONSUMER_PROTOCOL_TYPE.equals(protocolType)) {
            return null;
        }
        if (members.isEmpty()) {
            return Set.of();
        }
        if (protocol == null) {
            return null;
        }
        return Subscriptions.topicsOf(
                members.values().stream().map(m -> m.metadata(protocol)).toList());
    }

    @Override
    public String toString() {
        return "ClassicGroup(" + groupId + ", " + state.label() + ", generation " + generation + ", " + protocolType
                + "/"
                + protocol + ", leader " + leader + ", since " + stateSinceMs + ", members " + members.values()
                + ", pending " + pendingMembers + ", awaiting syncs of " + pendingSyncs + ")";
    }
}
