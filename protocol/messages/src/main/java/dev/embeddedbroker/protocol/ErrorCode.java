package dev.embeddedbroker.protocol;

/** What a response says about the outcome: every code of Apache Kafka 4.4, under its own name and number. */
public enum ErrorCode {
    UNKNOWN_SERVER_ERROR(-1, false, "The broker failed in a way it did not foresee."),
    NONE(0, false, "No error."),
    OFFSET_OUT_OF_RANGE(1, false, "The offset lies before the start or past the end of the log."),
    CORRUPT_MESSAGE(
            2,
            true,
            "A record batch is damaged: its checksum, size or layout is wrong, or a compacted topic was sent a record without key."),
    UNKNOWN_TOPIC_OR_PARTITION(3, true, "No such topic or partition is known here."),
    INVALID_FETCH_SIZE(4, false, "The fetch size is not one that can be served."),
    LEADER_NOT_AVAILABLE(5, true, "The partition has no leader at the moment."),
    NOT_LEADER_OR_FOLLOWER(6, true, "This broker is not the partition's leader, or holds no replica of it."),
    REQUEST_TIMED_OUT(7, true, "The request was not completed within its time."),
    BROKER_NOT_AVAILABLE(8, false, "The broker cannot be reached."),
    REPLICA_NOT_AVAILABLE(9, true, "The replica that was asked for is not available."),
    MESSAGE_TOO_LARGE(10, false, "A record batch is larger than the topic allows."),
    STALE_CONTROLLER_EPOCH(11, false, "The controller has been replaced by a newer one."),
    OFFSET_METADATA_TOO_LARGE(12, false, "The metadata string of a committed offset is longer than allowed."),
    NETWORK_EXCEPTION(13, true, "The connection was lost before the answer came."),
    COORDINATOR_LOAD_IN_PROGRESS(14, true, "The coordinator is still loading its state."),
    COORDINATOR_NOT_AVAILABLE(15, true, "There is no coordinator at the moment."),
    NOT_COORDINATOR(16, true, "This broker is not the coordinator for that key."),
    INVALID_TOPIC_EXCEPTION(17, false, "The topic name is not a legal one, or the topic may not be used that way."),
    RECORD_LIST_TOO_LARGE(18, false, "A record batch is larger than a log segment."),
    NOT_ENOUGH_REPLICAS(19, true, "Fewer replicas are in sync than the topic requires; nothing was written."),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(
            20, true, "The records were written, and fewer replicas are in sync than the topic requires."),
    INVALID_REQUIRED_ACKS(21, false, "acks is neither -1 nor 0 nor 1."),
    ILLEGAL_GENERATION(22, false, "The generation is not the group's current one."),
    INCONSISTENT_GROUP_PROTOCOL(23, false, "The member shares no protocol with the group, or gave no protocol at all."),
    INVALID_GROUP_ID(24, false, "The group id is not a legal one."),
    UNKNOWN_MEMBER_ID(25, false, "The group has no member of this id."),
    INVALID_SESSION_TIMEOUT(26, false, "The session timeout lies outside the range the broker allows."),
    REBALANCE_IN_PROGRESS(27, false, "The group is rebalancing; the member has to join again."),
    INVALID_COMMIT_OFFSET_SIZE(28, false, "The committed offsets take more room than a record may."),
    TOPIC_AUTHORIZATION_FAILED(29, false, "The principal may not do this to the topic."),
    GROUP_AUTHORIZATION_FAILED(30, false, "The principal may not do this to the group."),
    CLUSTER_AUTHORIZATION_FAILED(31, false, "The principal may not do this to the cluster."),
    INVALID_TIMESTAMP(32, false, "A record's timestamp is outside the range the topic accepts."),
    UNSUPPORTED_SASL_MECHANISM(33, false, "The broker does not offer this SASL mechanism."),
    ILLEGAL_SASL_STATE(34, false, "The request does not fit the state of the SASL exchange."),
    UNSUPPORTED_VERSION(35, false, "The request is of a version that is not supported here."),
    TOPIC_ALREADY_EXISTS(36, false, "There is a topic of this name already."),
    INVALID_PARTITIONS(37, false, "The number of partitions is not a possible one."),
    INVALID_REPLICATION_FACTOR(38, false, "The replication factor is below 1 or above the number of brokers."),
    INVALID_REPLICA_ASSIGNMENT(39, false, "The assignment of replicas to brokers is not a possible one."),
    INVALID_CONFIG(40, false, "A setting is unknown or its value is not allowed."),
    NOT_CONTROLLER(41, true, "This node is not the active controller."),
    INVALID_REQUEST(42, false, "The request contradicts itself or the protocol."),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, false, "The record format does not support what was asked."),
    POLICY_VIOLATION(44, false, "A policy of this cluster forbids what was asked."),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, false, "The producer's sequence number does not follow the last one."),
    DUPLICATE_SEQUENCE_NUMBER(46, false, "The producer's sequence number has been written already."),
    INVALID_PRODUCER_EPOCH(47, false, "The producer's epoch is older than the one last seen."),
    INVALID_TXN_STATE(48, false, "The transaction is not in a state that allows this."),
    INVALID_PRODUCER_ID_MAPPING(49, false, "The producer id does not belong to this transactional id."),
    INVALID_TRANSACTION_TIMEOUT(50, false, "The transaction timeout is longer than the broker allows."),
    CONCURRENT_TRANSACTIONS(51, true, "An earlier step of the same transactional id is not finished yet."),
    TRANSACTION_COORDINATOR_FENCED(
            52, false, "The markers come from a transaction coordinator that has been replaced."),
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, false, "The principal may not use this transactional id."),
    SECURITY_DISABLED(54, false, "No authorizer is configured."),
    OPERATION_NOT_ATTEMPTED(55, false, "This part of the request was not tried because another part failed."),
    KAFKA_STORAGE_ERROR(56, true, "The log could not be read or written on disk."),
    LOG_DIR_NOT_FOUND(57, false, "The log directory is not one of this broker's."),
    SASL_AUTHENTICATION_FAILED(58, false, "The SASL credentials were refused."),
    UNKNOWN_PRODUCER_ID(
            59, false, "Nothing is known of this producer id, perhaps because its records have been deleted."),
    REASSIGNMENT_IN_PROGRESS(60, false, "The partition is being moved already."),
    DELEGATION_TOKEN_AUTH_DISABLED(61, false, "Delegation tokens are not enabled."),
    DELEGATION_TOKEN_NOT_FOUND(62, false, "There is no such delegation token."),
    DELEGATION_TOKEN_OWNER_MISMATCH(63, false, "The principal neither owns nor may renew this delegation token."),
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(
            64, false, "Delegation tokens cannot be managed over a connection authenticated this way."),
    DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, false, "The principal may not do this to the delegation token."),
    DELEGATION_TOKEN_EXPIRED(66, false, "The delegation token has expired."),
    INVALID_PRINCIPAL_TYPE(67, false, "This type of principal is not supported."),
    NON_EMPTY_GROUP(68, false, "The group still has members."),
    GROUP_ID_NOT_FOUND(69, false, "There is no group of this id."),
    FETCH_SESSION_ID_NOT_FOUND(70, true, "There is no fetch session of this id."),
    INVALID_FETCH_SESSION_EPOCH(71, true, "The fetch session's epoch is not the expected one."),
    LISTENER_NOT_FOUND(72, true, "The leader has no listener of the kind the request came in on."),
    TOPIC_DELETION_DISABLED(73, false, "Topics may not be deleted here."),
    FENCED_LEADER_EPOCH(74, true, "The request names an older leader epoch than the current one."),
    UNKNOWN_LEADER_EPOCH(75, true, "The request names a leader epoch that is not known here yet."),
    UNSUPPORTED_COMPRESSION_TYPE(76, false, "The records' compression cannot be used with this request."),
    STALE_BROKER_EPOCH(77, false, "The broker has registered anew since."),
    OFFSET_NOT_AVAILABLE(78, true, "The new leader's high watermark is not certain yet."),
    MEMBER_ID_REQUIRED(79, false, "The member has to join again with the id it was just given."),
    PREFERRED_LEADER_NOT_AVAILABLE(80, true, "The preferred leader is not available."),
    GROUP_MAX_SIZE_REACHED(81, false, "The group has as many members as it may have."),
    FENCED_INSTANCE_ID(82, false, "Another member has taken over this group instance id."),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, true, "No replica is available that may become leader."),
    ELECTION_NOT_NEEDED(84, true, "The partition has the leader it should have."),
    NO_REASSIGNMENT_IN_PROGRESS(85, false, "The partition is not being moved."),
    GROUP_SUBSCRIBED_TO_TOPIC(86, false, "The group is subscribed to the topic, so its offsets cannot be deleted."),
    INVALID_RECORD(87, false, "The broker's checks refuse a record."),
    UNSTABLE_OFFSET_COMMIT(88, true, "A transaction that commits offsets is still open."),
    THROTTLING_QUOTA_EXCEEDED(89, true, "The quota is used up for now."),
    PRODUCER_FENCED(90, false, "A newer producer uses the same transactional id."),
    RESOURCE_NOT_FOUND(91, false, "The request names something that does not exist."),
    DUPLICATE_RESOURCE(92, false, "The request names the same thing twice."),
    UNACCEPTABLE_CREDENTIAL(93, false, "The credential does not meet the requirements."),
    INCONSISTENT_VOTER_SET(94, false, "Sender or receiver is not among the expected voters."),
    INVALID_UPDATE_VERSION(95, false, "The version given with the update is not a possible one."),
    FEATURE_UPDATE_FAILED(96, false, "The finalized features could not be changed."),
    PRINCIPAL_DESERIALIZATION_FAILURE(97, false, "The principal of a forwarded request could not be read."),
    SNAPSHOT_NOT_FOUND(98, false, "There is no such snapshot."),
    POSITION_OUT_OF_RANGE(99, false, "The position lies outside the snapshot."),
    UNKNOWN_TOPIC_ID(100, true, "No topic of this id is known here."),
    DUPLICATE_BROKER_REGISTRATION(101, false, "Another broker is registered under this id."),
    BROKER_ID_NOT_REGISTERED(102, false, "No broker is registered under this id."),
    INCONSISTENT_TOPIC_ID(103, true, "The log belongs to a topic of another id."),
    INCONSISTENT_CLUSTER_ID(104, false, "The request is meant for a cluster of another id."),
    TRANSACTIONAL_ID_NOT_FOUND(105, false, "There is no such transactional id."),
    FETCH_SESSION_TOPIC_ID_ERROR(106, true, "The fetch session mixes topic names and topic ids."),
    INELIGIBLE_REPLICA(107, false, "A replica named as in sync may not be."),
    NEW_LEADER_ELECTED(108, false, "The partition was changed as asked, and has another leader now."),
    OFFSET_MOVED_TO_TIERED_STORAGE(109, false, "The offset is in tiered storage only."),
    FENCED_MEMBER_EPOCH(
            110,
            false,
            "The coordinator has fenced this member epoch; the member has to give up its partitions and join again."),
    UNRELEASED_INSTANCE_ID(111, false, "Another member still uses this instance id."),
    UNSUPPORTED_ASSIGNOR(112, false, "The group cannot use this assignor or its version."),
    STALE_MEMBER_EPOCH(113, false, "The member epoch is not the current one; a heartbeat will tell it."),
    MISMATCHED_ENDPOINT_TYPE(114, false, "The request went to an endpoint of the other kind."),
    UNSUPPORTED_ENDPOINT_TYPE(115, false, "This kind of endpoint is not supported."),
    UNKNOWN_CONTROLLER_ID(116, false, "No controller of this id is known."),
    UNKNOWN_SUBSCRIPTION_ID(117, false, "The telemetry subscription id is wrong or out of date."),
    TELEMETRY_TOO_LARGE(118, false, "The pushed telemetry is larger than the broker accepts."),
    INVALID_REGISTRATION(119, false, "The controller refuses the registration."),
    TRANSACTION_ABORTABLE(
            120, false, "The transaction failed and can only be aborted; the transactional id stays usable."),
    INVALID_RECORD_STATE(121, false, "The record is not in a state in which it can be acknowledged."),
    SHARE_SESSION_NOT_FOUND(122, true, "There is no such share session."),
    INVALID_SHARE_SESSION_EPOCH(123, true, "The share session's epoch is not the expected one."),
    FENCED_STATE_EPOCH(124, false, "The state epoch is older than the coordinator's."),
    INVALID_VOTER_KEY(125, false, "The voter key is not this replica's."),
    DUPLICATE_VOTER(126, false, "The voter is in the voter set already."),
    VOTER_NOT_FOUND(127, false, "The voter is not in the voter set."),
    INVALID_REGULAR_EXPRESSION(128, false, "The regular expression cannot be compiled."),
    REBOOTSTRAP_REQUIRED(
            129,
            false,
            "The client's view of the cluster is out of date; it has to start from its bootstrap servers again."),
    STREAMS_INVALID_TOPOLOGY(130, false, "The topology is not a possible one."),
    STREAMS_INVALID_TOPOLOGY_EPOCH(131, false, "The topology epoch is not a possible one."),
    STREAMS_TOPOLOGY_FENCED(132, false, "The topology epoch is older than the group's."),
    SHARE_SESSION_LIMIT_REACHED(133, true, "There are as many share sessions as there may be."),
    GROUP_DELETION_FAILED(134, false, "The group could not be deleted; its own error message says why."),
    STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED(
            135, false, "The topology description could not be taken over; its error message says why."),
    CONTROLLER_ID_NOT_REGISTERED(136, false, "No controller is registered under this id.");

    private static final int LOWEST = -1;
    private static final ErrorCode[] BY_ID = byId();

    private final short id;
    private final boolean retriable;
    private final String text;

    ErrorCode(int id, boolean retriable, String text) {
        this.id = (short) id;
        this.retriable = retriable;
        this.text = text;
    }

    private static ErrorCode[] byId() {
        ErrorCode[] codes = values();
        ErrorCode[] table = new ErrorCode[codes.length];
        for (ErrorCode code : codes) {
            table[code.id - LOWEST] = code;
        }
        return table;
    }

    /** The code with this number; {@link #UNKNOWN_SERVER_ERROR} when there is none, as clients take it. */
    public static ErrorCode forId(short id) {
        int at = id - LOWEST;
        return at >= 0 && at < BY_ID.length ? BY_ID[at] : UNKNOWN_SERVER_ERROR;
    }

    /** The number on the wire. */
    public short id() {
        return id;
    }

    /** Whether a client may send the same request again. */
    public boolean retriable() {
        return retriable;
    }

    /** One sentence for an error message. */
    public String text() {
        return text;
    }
}
