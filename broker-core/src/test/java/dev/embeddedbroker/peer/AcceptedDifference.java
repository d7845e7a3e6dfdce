package dev.embeddedbroker.peer;

import dev.embeddedbroker.peer.Answer.Difference;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * A difference to Kafka's answers that is meant to be.
 *
 * @param where the requests and fields, in words
 * @param what what both say, in words
 */
record AcceptedDifference(String where, String what, String reason, BiPredicate<ApiKeys, Difference> test) {
    private static final String ABSENT = "-";
    private static final String NO_MESSAGE = "\"no message\"";
    private static final Pattern MESSAGE = Pattern.compile("(.*\\.)?errorMessage");

    /** What Kafka says when it has nothing to say but the code: the code's own text. */
    private static final Set<String> GENERAL =
            Stream.of(Errors.values()).map(error -> '"' + error.message() + '"').collect(Collectors.toSet());

    static final List<AcceptedDifference> ALL = List.of(
            new AcceptedDifference(
                    "any error message",
                    "Kafka says nothing or the error code's general text; we say more, or the same in other words",
                    "our texts are our own",
                    (key, each) -> MESSAGE.matcher(each.path()).matches()
                            && (GENERAL.contains(each.kafka()) || each.kafka().equals(NO_MESSAGE))
                            && !each.ours().equals(NO_MESSAGE)),
            new AcceptedDifference(
                    "the error message of a setting's value",
                    "both name the setting, the value and what is wrong with it, in other words",
                    "our texts are our own, and tell what was expected",
                    (key, each) -> MESSAGE.matcher(each.path()).matches()
                            && each.ours().contains("(expected: ")
                            && !each.kafka().equals(NO_MESSAGE)),
            new AcceptedDifference(
                    "DescribeConfigs, documentation",
                    "both describe the setting, in other words",
                    "our texts are our own",
                    (key, each) -> key == ApiKeys.DESCRIBE_CONFIGS
                            && each.path().endsWith(".documentation")
                            && !each.ours().equals("null")
                            && !each.kafka().equals("null")),
            new AcceptedDifference(
                    "ApiVersions",
                    "requests that Kafka serves and this broker does not",
                    "see [unsupported.md](unsupported.md)",
                    (key, each) -> key == ApiKeys.API_VERSIONS
                            && each.path().startsWith("apiKeys[")
                            && each.ours().equals(ABSENT)),
            new AcceptedDifference(
                    "Metadata that creates a topic",
                    "Kafka answers UNKNOWN_TOPIC_OR_PARTITION and the client asks again; we answer with the topic",
                    "the topic is there before the answer is sent",
                    (key, each) -> key == ApiKeys.METADATA && each.path().matches("topics\\[auto.*")),
            new AcceptedDifference(
                    "DescribeConfigs: listeners, advertised.listeners, controller.quorum.voters",
                    "other addresses",
                    "this broker has no listener for controllers, and picks a free port",
                    (key, each) -> key == ApiKeys.DESCRIBE_CONFIGS
                            && each.path()
                                    .matches(
                                            ".*\\[(listeners|advertised\\.listeners|controller\\.quorum\\.voters)].*")),
            new AcceptedDifference(
                    "DescribeQuorum: offsets, epoch and listeners",
                    "other numbers; no listener for controllers",
                    "the metadata log says the same in other records, and is reached by nobody but its broker",
                    (key, each) -> key == ApiKeys.DESCRIBE_QUORUM
                            && each.path().matches(".*(logEndOffset|highWatermark|leaderEpoch|listeners(\\[.*)?)")),
            new AcceptedDifference(
                    "ElectLeaders for all partitions",
                    "Kafka lists every topic, with no partitions unless an election was needed",
                    "a topic without partitions says nothing",
                    (key, each) -> key == ApiKeys.ELECT_LEADERS
                            && each.path().matches("replicaElectionResults(\\[[^]]*])?(\\.partitionResult)?")
                            && !each.kafka().contains("errorCode")),
            new AcceptedDifference(
                    "UpdateFeatures: kraft.version",
                    "INVALID_UPDATE_VERSION; Kafka takes it",
                    "the quorum of this broker's metadata log is static, one voter",
                    (key, each) -> key == ApiKeys.UPDATE_FEATURES
                            && (each.ours().contains("for feature kraft.version")
                                    || each.path().equals("errorCode")
                                            && each.ours().equals("95")
                                            && each.kafka().equals("0")
                                    || each.path().startsWith("results"))),
            new AcceptedDifference(
                    "requests that say nonsense, such as an unknown operation on a setting",
                    "Kafka answers UNKNOWN_SERVER_ERROR; we answer INVALID_REQUEST",
                    "a bad request is no bug of the broker's",
                    (key, each) -> each.path().endsWith("errorCode")
                            && each.kafka().equals("-1")
                            && each.ours().equals("" + Errors.INVALID_REQUEST.code())));

    boolean covers(ApiKeys key, Difference difference) {
        return test.test(key, difference);
    }
}
