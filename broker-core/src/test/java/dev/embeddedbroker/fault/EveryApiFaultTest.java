package dev.embeddedbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.WireClient;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors in the answers of every API and version that is served, read by Kafka's own classes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryApiFaultTest {
    private static final int FIRST_PRODUCE = 3;
    private static final int LOG_DIRS_ERROR_SINCE = 3;

    /** Their answers have no place for the error of a partition. */
    private static final List<ApiKey> NOT_BY_PARTITION = List.of(
            ApiKey.CONSUMER_GROUP_HEARTBEAT,
            ApiKey.DESCRIBE_LOG_DIRS,
            ApiKey.LIST_PARTITION_REASSIGNMENTS,
            ApiKey.WRITE_TXN_MARKERS);

    /** No handler gives it of its own accord here. */
    private static final ErrorCode INJECTED = ErrorCode.POLICY_VIOLATION;

    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().topic(FullRequest.TOPIC, 2).build().start();
    private Uuid topicId;

    /** One kind of request in one version. */
    record Form(ApiKey api, short version) {
        @Override
        public String toString() {
            return api + " v" + version;
        }
    }

    @BeforeAll
    void findTopic() throws Exception {
        try (var admin = Admin.create(broker.clientProperties())) {
            topicId = Uuid.fromString(admin.describeTopics(List.of(FullRequest.TOPIC))
                    .allTopicNames()
                    .get()
                    .get(FullRequest.TOPIC)
                    .topicId()
                    .toString());
        }
    }

    @AfterEach
    void endRules() {
        broker.faults().clear();
        assertThat(broker.failure()).isEmpty();
    }

    @AfterAll
    void close() {
        broker.close();
    }

    private WireClient client() throws Exception {
        return new WireClient(new InetSocketAddress("localhost", broker.port()));
    }

    Stream<Form> forms() throws Exception {
        var forms = new ArrayList<Form>();
        try (var client = client()) {
            var answer = (ApiVersionsResponse) client.ask(
                    ApiKeys.API_VERSIONS,
                    4,
                    1,
                    new ApiVersionsRequestData().setClientSoftwareName("t").setClientSoftwareVersion("1"));
            for (var served : answer.data().apiKeys()) {
                var api = ApiKey.forId(served.apiKey());
                int lowest = api == ApiKey.PRODUCE ? FIRST_PRODUCE : served.minVersion();
                for (int version = lowest; version <= served.maxVersion(); version++) {
                    forms.add(new Form(api, (short) version));
                }
            }
        }
        assertThat(forms).hasSizeGreaterThan(200);
        return forms.stream();
    }

    private AbstractResponse ask(Form form, Request request) throws Exception {
        try (var client = client()) {
            var key = ApiKeys.forId(form.api().id());
            return client.ask(key, form.version(), 7, FullRequest.asKafkas(request, form.version()));
        }
    }

    private static Errors injected() {
        return Errors.forCode(INJECTED.id());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyAnswerCanBeAnError(Form form) throws Exception {
        var rule = broker.faults().on(form.api()).then(Verdict.answer(INJECTED));

        var answer = ask(form, FullRequest.of(form.api(), form.version(), topicId));

        assertThat(rule.fired()).isOne();
        if (form.api() == ApiKey.DESCRIBE_LOG_DIRS && form.version() < LOG_DIRS_ERROR_SINCE) {
            return; // no place for it, in Kafka neither
        }
        if (form.api() == ApiKey.DESCRIBE_USER_SCRAM_CREDENTIALS) {
            assertThat(answer.toString()).contains("errorCode=" + INJECTED.id()); // which Kafka's class does not count
            return;
        }
        assertThat(answer.errorCounts()).as("%s", answer).containsKey(injected());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void anErrorOfOnePartitionIsThatPartitionsAlone(Form form) throws Exception {
        var request = FullRequest.of(form.api(), form.version(), topicId);
        var partitions =
                SubjectWalk.subjects(form.api(), form.version(), (Struct) request, id -> FullRequest.TOPIC).stream()
                        .filter(each -> FullRequest.TOPIC.equals(each.topic()))
                        .map(Subject::partition)
                        .toList();
        var rule = broker.faults()
                .on(form.api())
                .topic(FullRequest.TOPIC)
                .partition(1)
                .then(Verdict.answer(INJECTED));

        if (!partitions.contains(1)) {
            broker.faults().on(form.api()).optional().then(Verdict.answer(ErrorCode.UNKNOWN_SERVER_ERROR)); // no deeds
            ask(form, request);
            assertThat(rule.fired()).isZero();
            assertThat(broker.faults().unused()).singleElement().satisfies(unused -> assertThat(unused.toString())
                    .contains("partition is 1"));
            return;
        }
        var answer = ask(form, request);
        assertThat(rule.log()).singleElement().satisfies(hit -> {
            assertThat(hit.about()).contains(FullRequest.TOPIC + "-1").doesNotContain(FullRequest.TOPIC + "-0");
            assertThat(hit.correlationId()).isEqualTo(7);
            assertThat(hit.clientId()).isEqualTo("client");
        });
        if (NOT_BY_PARTITION.contains(form.api())) {
            return;
        }
        assertThat(answer.errorCounts()).as("%s", answer).containsEntry(injected(), 1);
        assertThat(answer.toString()).contains("=0").contains("=1");
    }
}
