package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Join;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a JoinGroup comes to. */
final class JoinRules {
    private static final int MEMBER_ID_REQUIRED_SINCE = 4;
    private static final int SKIP_ASSIGNMENT_SINCE = 9;

    private final Turn turn;
    private final Rebalance rebalance;
    private final Join join;
    private final JoinGroupRequest request;
    private final List<SpokenProtocol> protocols;

    JoinRules(Turn turn, Join join) {
        this.turn = turn;
        this.rebalance = new Rebalance(turn);
        this.join = join;
        this.request = join.request();
        this.protocols = request.protocols.stream()
                .map(p -> new SpokenProtocol(p.name, p.metadata))
                .toList();
    }

    void decide() {
        var group = turn.group();
        if (!hasRoom(group)) {
            refuse(Answers.NO_MEMBER_ID, ErrorCode.GROUP_MAX_SIZE_REACHED);
            if (group.member(request.memberId) != null || group.isPending(request.memberId)) {
                turn.remove(request.memberId, "member " + request.memberId + " is one too many");
                rebalance.completeIfAllJoined();
            }
        } else if (!group.couldSpeakWith(request.protocolType, protocols)) {
            refuse(request.memberId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        } else if (!request.memberId.isEmpty()) {
            existing(group);
        } else if (request.groupInstanceId != null) {
            newStatic(group);
        } else if (join.version() >= MEMBER_ID_REQUIRED_SINCE) {
            handOutId();
        } else {
            add(join.freshMemberId());
        }
    }

    /**
     * Existing members keep their place. While a rebalance is prepared, those who have rejoined are counted rather than
     * the members: a group that is over its size, since the setting was reduced, loses those who rejoin last.
     */
    private boolean hasRoom(ClassicGroup group) {
        int maxSize = turn.settings().maxSize();
        var member = group.member(request.memberId);
        if (group.isEmpty()) {
            return true;
        }
        if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
            return (member != null && member.isAwaitingJoin()) || group.awaitingJoinCount() < maxSize;
        }
        return member != null || group.size() < maxSize;
    }

    private void newStatic(ClassicGroup group) {
        var holder = group.staticMember(request.groupInstanceId);
        if (holder == null) {
            add(join.freshMemberId());
        } else {
            replaceStatic(holder);
        }
    }

    private void handOutId() {
        String memberId = join.freshMemberId();
        turn.change("id " + memberId + " was handed out").addPending(memberId);
        turn.watch(memberId, request.sessionTimeoutMs);
        refuse(memberId, ErrorCode.MEMBER_ID_REQUIRED);
    }

    private void existing(ClassicGroup group) {
        String memberId = request.memberId;
        if (group.isPending(memberId)) {
            if (request.groupInstanceId != null) {
                refuse(memberId, ErrorCode.UNKNOWN_SERVER_ERROR); // no static member is ever asked to come back
            } else {
                add(memberId);
            }
            return;
        }
        ErrorCode membership = group.checkMember(memberId, request.groupInstanceId);
        if (membership != ErrorCode.NONE) {
            turn.reply(join.ticket(), Answers.joinRefused(memberId, membership).setProtocolName(null));
            return;
        }
        rejoin(group, group.requireMember(memberId));
    }

    /** A member that comes back and says nothing new did not hear the answer; it gets the present generation again. */
    private void rejoin(ClassicGroup group, ClassicMember member) {
        boolean saysNothingNew = member.says(protocols);
        boolean repeatAnswer =
                switch (group.state()) {
                    case COMPLETING_REBALANCE -> saysNothingNew;
                    // a stable group's leader comes back to have the group rebalanced: its topics may have changed
                    case STABLE -> saysNothingNew && !group.isLeader(member.memberId());
                    default -> false;
                };
        if (repeatAnswer) {
            turn.reply(join.ticket(), Answers.joined(group, member.memberId()));
        } else {
            park(member);
            rebalance.prepareOrComplete(
                    "member " + member.memberId() + " rejoins" + clientReason(), join.mayOthersCome());
        }
    }

    private void add(String memberId) {
        var group = turn.change();
        if (group.isIn(ClassicState.PREPARING_REBALANCE) && group.isFirstRebalance()) {
            group.noteNewMember(true);
        }
        group.add(
                new ClassicMember(
                        memberId,
                        request.groupInstanceId,
                        join.clientId(),
                        join.clientHost(),
                        request.rebalanceTimeoutMs,
                        request.sessionTimeoutMs,
                        protocols,
                        ClassicMember.NO_BYTES,
                        join.ticket(),
                        null,
                        true),
                request.protocolType);
        // A new member does not know its id and cannot heartbeat while this request is parked, so its session timeout
        // says nothing. A client that gave up would stay for ever: hence this longer limit.
        turn.watch(memberId, GroupSettings.NEW_MEMBER_JOIN_TIMEOUT_MS);
        rebalance.prepareOrComplete("member " + memberId + " joins" + clientReason(), join.mayOthersCome());
    }

    /** A static member came back under a new id, after a restart say: it takes the place of its former self (KIP-345). */
    private void replaceStatic(ClassicMember former) {
        String memberId = join.freshMemberId();
        String formerLeader = turn.group().leader();
        turn.reply(
                former.awaitingJoin(),
                Answers.joinRefused(former.memberId(), ErrorCode.FENCED_INSTANCE_ID)
                        .setProtocolName(null));
        turn.reply(former.awaitingSync(), Answers.syncRefused(ErrorCode.FENCED_INSTANCE_ID));
        turn.unwatch(former.memberId());
        var group = turn.change("static member " + former.instanceId() + " is " + memberId + " now");
        group.replace(former.memberId(), former.under(memberId));
        park(group.requireMember(memberId));
        turn.watch(group.requireMember(memberId));

        String reason = "static member " + former.instanceId() + " rejoins" + clientReason();
        switch (group.state()) {
            case STABLE -> {
                if (group.electProtocol().equals(group.protocol())) {
                    keepGeneration(group, memberId, formerLeader);
                } else {
                    rebalance.prepare(reason);
                }
            }
            // the leader may be assigning to the former id just now
            case COMPLETING_REBALANCE -> rebalance.prepare(reason);
            default -> rebalance.completeIfAllJoined();
        }
    }

    /**
     * Answers a static member that is back in a stable group without a rebalance. A leader must not assign again: it is
     * told to skip that (KIP-814), or, if too old to understand, that its former self is the leader.
     */
    private void keepGeneration(ClassicGroup group, String memberId, @Nullable String formerLeader) {
        group.update(group.requireMember(memberId).withoutJoin());
        turn.store();
        if (join.version() >= SKIP_ASSIGNMENT_SINCE) {
            turn.reply(join.ticket(), Answers.joined(group, memberId).setSkipAssignment(group.isLeader(memberId)));
        } else {
            turn.reply(join.ticket(), Answers.joinedUnder(group, memberId, formerLeader, false));
        }
    }

    /** Lets the request wait as the member's JoinGroup; an earlier one that still waits is out of date. */
    private void park(ClassicMember member) {
        turn.reply(member.awaitingJoin(), Answers.joinRefused(member.memberId(), ErrorCode.REBALANCE_IN_PROGRESS));
        turn.change()
                .update(member.rejoining(
                        request.rebalanceTimeoutMs, request.sessionTimeoutMs, protocols, join.ticket()));
    }

    private void refuse(String memberId, ErrorCode error) {
        turn.reply(join.ticket(), Answers.joinRefused(memberId, error));
    }

    private String clientReason() {
        return "; client reason: "
                + (request.reason == null || request.reason.isEmpty() ? "not provided" : request.reason);
    }
}
