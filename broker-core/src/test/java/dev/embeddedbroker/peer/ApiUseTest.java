package dev.embeddedbroker.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

/** Every request that real clients were seen to send, at every version they used, gets its answer. */
class ApiUseTest {
    /** Requests of brokers and controllers to each other, of which there is one here. */
    private static final Set<ApiKeys> BETWEEN_SERVERS = Set.of(
            ApiKeys.ALLOCATE_PRODUCER_IDS,
            ApiKeys.BROKER_HEARTBEAT,
            ApiKeys.BROKER_REGISTRATION,
            ApiKeys.CONTROLLER_REGISTRATION);

    /** What docs/unsupported.md says is missing; a line is to go when its request is served. */
    private static final Set<ApiKeys> MISSING = Set.of(
            ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
            ApiKeys.DELETE_SHARE_GROUP_STATE,
            ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
            ApiKeys.INITIALIZE_SHARE_GROUP_STATE,
            ApiKeys.READ_SHARE_GROUP_STATE,
            ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY,
            ApiKeys.SHARE_ACKNOWLEDGE,
            ApiKeys.SHARE_FETCH,
            ApiKeys.SHARE_GROUP_DESCRIBE,
            ApiKeys.SHARE_GROUP_HEARTBEAT,
            ApiKeys.STREAMS_GROUP_DESCRIBE,
            ApiKeys.STREAMS_GROUP_HEARTBEAT,
            ApiKeys.WRITE_SHARE_GROUP_STATE);

    private record Use(ApiKeys key, List<Short> versions) {}

    @Test
    void everyVersionThatClientsUseIsAnswered() throws Exception {
        try (var broker = new EmbeddedBroker().start()) {
            var address = new InetSocketAddress("localhost", broker.port());
            var unanswered = new TreeSet<ApiKeys>();
            int answers = 0;
            for (Use use : uses()) {
                for (short version : use.versions()) {
                    try (var wire = new WireClient(address)) {
                        wire.ask(use.key(), version, 7, simplest(use.key(), version));
                        answers++;
                    } catch (IOException closed) {
                        unanswered.add(use.key());
                    }
                }
            }
            unanswered.removeAll(BETWEEN_SERVERS);
            assertThat(unanswered).isSubsetOf(MISSING);
            assertThat(MISSING).doesNotContainAnyElementsOf(served(address));
            assertThat(answers).isGreaterThan(150);
            assertThat(broker.failure()).isEmpty();
        }
    }

    /** A request that says as little as its schema allows. */
    private static ApiMessage simplest(ApiKeys key, short version) {
        var request = new RequestForm(key)
                .at(version, JsonNodeFactory.instance.objectNode())
                .orElseThrow();
        // with acks=0 there would be no answer
        return request instanceof ProduceRequestData produce ? produce.setAcks((short) 1) : request;
    }

    private static Set<ApiKeys> served(InetSocketAddress address) throws IOException {
        try (var wire = new WireClient(address)) {
            var answer = (ApiVersionsResponseData) wire.ask(ApiKeys.API_VERSIONS, 0, 7, new ApiVersionsRequestData())
                    .data();
            var served = new TreeSet<ApiKeys>();
            answer.apiKeys().forEach(each -> served.add(ApiKeys.forId(each.apiKey())));
            return served;
        }
    }

    private static List<Use> uses() throws IOException {
        var uses = new ArrayList<Use>();
        try (var in = ApiUseTest.class.getResourceAsStream("clients-use.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.startsWith("#")) {
                    var words = List.of(line.split(" "));
                    uses.add(new Use(
                            ApiKeys.valueOf(words.get(0)),
                            words.subList(1, words.size()).stream()
                                    .map(Short::valueOf)
                                    .toList()));
                }
            }
        }
        return uses;
    }
}
