package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.GroupCommand.InContext;
import dev.embeddedbroker.coordinator.group.MigrationPolicy;
import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Join;
import dev.embeddedbroker.coordinator.group.classic.EmbeddedProtocol;
import dev.embeddedbroker.coordinator.group.classic.EmbeddedProtocol.Subscription;
import dev.embeddedbroker.coordinator.group.classic.SpokenProtocol;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.MalformedMessage;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a JoinGroup comes to in a consumer group (KIP-848): the member is answered at once with its epoch as generation,
 * and as nobody's leader. It tells in it what it subscribes to and what it has, as others do in heartbeats.
 */
final class ClassicJoin {
    private static final int MEMBER_ID_REQUIRED_SINCE = 4;
    private static final int UNCHANGED = -1;

    private final Turn turn;
    private final Join join;
    private final JoinGroupRequest request;
    private final ConsumerSettings settings;
    private final String memberId;

    ClassicJoin(Turn turn, Join join, InContext context) {
        this.turn = turn;
        this.join = join;
        this.request = join.request();
        this.settings = context.settings();
        this.memberId = isUnknown() ? join.freshMemberId() : request.memberId;
    }

    private boolean isUnknown() {
        return request.memberId.isEmpty();
    }

    JoinGroupResponse decide() {
        requireMigration();
        Membership.requireRoom(turn.group(), request.memberId, request.groupInstanceId, settings.maxSize());
        requireCommonProtocol();
        if (isUnknown() && request.groupInstanceId == null && join.version() >= MEMBER_ID_REQUIRED_SINCE) {
            return new JoinGroupResponse().setMemberId(memberId).setErrorCode(ErrorCode.MEMBER_ID_REQUIRED.id());
        }
        var subscription = subscription();
        var isLastToTurn = Downgrade.isDueTo(turn, turn.group().staticMember(request.groupInstanceId));
        var before = find();
        var member = told(before, subscription);
        var update = new MemberUpdate(turn, settings, owned(subscription));
        boolean hasSubscriptionChanged = update.keep(before, member);
        return isLastToTurn
                ? turnClassic(update, member, hasSubscriptionChanged)
                : stay(update, member, hasSubscriptionChanged);
    }

    private void requireMigration() {
        if (turn.crossing().settings().migration() == MigrationPolicy.DISABLED) {
            throw new Refused(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                    "group " + turn.groupId() + " speaks the consumer protocol and may not migrate");
        }
    }

    private void requireCommonProtocol() {
        var names = request.protocols.stream().map(protocol -> protocol.name).toList();
        if (!turn.group().protocolType().equals(request.protocolType)
                || !turn.group().couldSpeak(names)) {
            throw new Refused(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                    "member " + memberId + " speaks " + request.protocolType + " " + names
                            + " (expected: one that all classic members speak)");
        }
    }

    private Subscription subscription() {
        try {
            return EmbeddedProtocol.subscription(request.protocols.get(0).metadata);
        } catch (MalformedMessage e) {
            throw new Refused(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                    "the subscription of member " + memberId + " cannot be read: " + e.getMessage());
        }
    }

    /** A static member without an id takes the place of its former self, of whatever protocol that is. */
    private ConsumerMember find() {
        String instanceId = request.groupInstanceId;
        var group = turn.group();
        if (instanceId != null) {
            var holder = group.staticMember(instanceId);
            if (!isUnknown()) {
                return Membership.requireStatic(holder, memberId, instanceId);
            }
            if (holder != null) {
                return Membership.succeed(turn, holder, memberId);
            }
        }
        var known = group.member(memberId);
        return known == null ? ConsumerMember.fresh(memberId) : known;
    }

    private ConsumerMember told(ConsumerMember member, Subscription subscription) {
        String rackId = subscription.rackId();
        return member.described(
                request.groupInstanceId == null ? member.instanceId() : request.groupInstanceId,
                rackId == null ? member.rackId() : rackId,
                request.rebalanceTimeoutMs == UNCHANGED ? member.rebalanceTimeoutMs() : request.rebalanceTimeoutMs,
                join.clientId(),
                join.clientHost(),
                subscription.topics(),
                "",
                member.assignor(),
                new ClassicTraits(
                        request.sessionTimeoutMs,
                        request.protocols.stream()
                                .map(protocol -> new SpokenProtocol(protocol.name, protocol.metadata))
                                .toList()));
    }

    private @Nullable Map<Uuid, Set<Integer>> owned(Subscription subscription) {
        Assignment owned = Upgrade.byId(subscription.owned(), turn.topics());
        return Map.copyOf(owned.partitions());
    }

    private JoinGroupResponse stay(MemberUpdate update, ConsumerMember member, boolean hasSubscriptionChanged) {
        Targets.renew(turn, settings);
        var after = update.reconcile(member, hasSubscriptionChanged);
        turn.watch(memberId, request.sessionTimeoutMs);
        turn.watchSync(memberId, request.rebalanceTimeoutMs);
        return joined(after);
    }

    /** With this one the last member speaks the classic protocol: so does the group. */
    private JoinGroupResponse turnClassic(MemberUpdate update, ConsumerMember member, boolean hasSubscriptionChanged) {
        boolean isStale = turn.group().targetEpoch() < turn.group().epoch();
        var after = isStale ? member : update.reconcile(member, hasSubscriptionChanged);
        Downgrade.turn(turn, turn.group().members(), isStale ? "the assignment of the consumer group is stale" : null);
        return joined(after);
    }

    private JoinGroupResponse joined(ConsumerMember member) {
        return new JoinGroupResponse()
                .setMemberId(memberId)
                .setGenerationId(member.epoch())
                .setProtocolType(turn.group().protocolType())
                .setProtocolName(request.protocols.get(0).name);
    }
}
