package dev.embeddedbroker.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.protocol.ApiKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code broker.recorder()}: what stock clients said, kept and told. */
class FlightRecorderTest {

    @TempDir
    Path directory;

    private static EmbeddedBroker started(RecorderOptions options) {
        return EmbeddedBroker.builder()
                .topic("orders", 1)
                .flightRecorder(options)
                .build()
                .start();
    }

    @Test
    void eachRequestIsALineWithItsAnswer() throws Exception {
        try (var broker = started(RecorderOptions.defaults())) {
            Traffic.produce(broker, "shop", "orders", "one", "two");
            Traffic.consume(broker, "notifier", "notifications", "classic", "orders", 2);
            Traffic.consume(broker, "auditor", "audits", "consumer", "orders", 2);
            Traffic.administer(broker);
            String text = broker.recorder().dumpText();
            assertThat(text)
                    .containsPattern("shop > PRODUCE v\\d+ orders-0 1 record < [0-9.]+ ms NONE orders-0@1\n")
                    .containsPattern("notifier > FETCH v\\d+ orders-0@0 < [0-9.]+ ms NONE orders-0 2 records\n")
                    .containsPattern("notifier > JOIN_GROUP v\\d+ notifications .* MEMBER_ID_REQUIRED")
                    .containsPattern("notifier > OFFSET_COMMIT v\\d+ notifications .*orders-0@2 <")
                    .containsPattern("auditor > CONSUMER_GROUP_HEARTBEAT v\\d+ audits")
                    .containsPattern("LIST_OFFSETS v\\d+ orders-0@earliest < [0-9.]+ ms NONE orders-0@0");
            assertThat(broker.recorder().recent(3).lines()).hasSize(3);
            var produced = broker.recorder()
                    .exchanges(each -> each.api().orElseThrow() == ApiKey.PRODUCE)
                    .get(0);
            assertThat(produced.software().name()).isEqualTo("apache-kafka-java");
            assertThat(produced.receivedAt()).isBeforeOrEqualTo(produced.servedAt());
            assertThat(produced.answeredAt().orElseThrow()).isAfterOrEqualTo(produced.servedAt());
            assertThat(produced.flushedAt().orElseThrow())
                    .isAfterOrEqualTo(produced.answeredAt().orElseThrow());
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void whatIsKeptIsWhatKafkaReadsInTheSameBytes() throws Exception {
        var json = new ObjectMapper();
        try (var broker = started(RecorderOptions.defaults())) {
            Traffic.produce(broker, "shop", "orders", "one", "x".repeat(5_000), "\"\\\u0001 é 😀");
            Traffic.consume(broker, "notifier", "notifications", "classic", "orders", 3);
            Traffic.consume(broker, "auditor", "audits", "consumer", "orders", 3);
            Traffic.administer(broker);
            var exchanges = broker.recorder().exchanges();
            var lines = FlightRecorder.jsonLines(exchanges).lines().toList();
            assertThat(lines).hasSize(exchanges.size());
            for (int i = 0; i < exchanges.size(); i++) {
                var exchange = exchanges.get(i);
                var ours = json.readTree(lines.get(i));
                assertThat(ours.get("undecodable")).as(lines.get(i)).isNull();
                var type =
                        ApiMessageType.fromApiKey(exchange.api().orElseThrow().id());
                short version = exchange.version();
                var in = new ByteBufferAccessor(exchange.requestFrame());
                var header = new RequestHeaderData(in, type.requestHeaderVersion(version));
                assertThat(ours.get("clientId").asText()).isEqualTo(header.clientId());
                assertThat(ours.get("correlationId").asInt()).isEqualTo(header.correlationId());
                var request = type.newRequest();
                request.read(in, version);
                assertSame(kafkas(request, version), ours.get("request"), lines.get(i));
                ByteBuffer answer = exchange.answerFrame();
                if (answer != null) {
                    var answerIn = new ByteBufferAccessor(answer);
                    short answered = exchange.answeredVersion();
                    new ResponseHeaderData(answerIn, type.responseHeaderVersion(answered));
                    var response = type.newResponse();
                    response.read(answerIn, answered);
                    assertSame(kafkas(response, answered), ours.get("response"), lines.get(i));
                }
            }
            assertThat(exchanges.stream().map(RecordedExchange::apiName).collect(Collectors.toSet()))
                    .hasSizeGreaterThan(12);
        }
    }

    private static JsonNode kafkas(ApiMessage message, short version) throws ReflectiveOperationException {
        var converter = Class.forName(message.getClass().getName() + "JsonConverter");
        for (var method : converter.getMethods()) {
            if (method.getName().equals("write") && method.getParameterCount() == 2) {
                return (JsonNode) method.invoke(null, message, version);
            }
        }
        throw new NoSuchMethodException(converter + ".write");
    }

    /** Every field Kafka tells, we tell alike; what we tell besides is a tagged field's default, which Kafka leaves out. */
    private static void assertSame(JsonNode kafkas, JsonNode ours, String line) {
        if (kafkas.isObject()) {
            for (Iterator<Map.Entry<String, JsonNode>> fields = kafkas.fields(); fields.hasNext(); ) {
                var field = fields.next();
                if (field.getKey().equals("recordsSizeInBytes")) {
                    assertThat(ours.get("records").get("sizeInBytes").asInt())
                            .isEqualTo(field.getValue().asInt());
                } else {
                    assertThat(ours.has(field.getKey()))
                            .as("%s in %s", field.getKey(), line)
                            .isTrue();
                    assertSame(field.getValue(), ours.get(field.getKey()), line);
                }
            }
            ours.fieldNames().forEachRemaining(name -> {
                if (!kafkas.has(name) && !name.equals("records")) {
                    assertThat(isDefault(ours.get(name)))
                            .as("%s in %s", name, line)
                            .isTrue();
                }
            });
        } else if (kafkas.isArray()) {
            assertThat(ours.size()).isEqualTo(kafkas.size());
            for (int i = 0; i < kafkas.size(); i++) {
                assertSame(kafkas.get(i), ours.get(i), line);
            }
        } else {
            assertThat(ours.asText()).as(line).isEqualTo(kafkas.asText());
        }
    }

    private static boolean isDefault(JsonNode node) {
        if (node.isContainerNode()) {
            for (var each : node) {
                if (!isDefault(each)) return false;
            }
            return true;
        }
        return node.isNull()
                || node.asText().isEmpty()
                || node.asText().equals("AAAAAAAAAAAAAAAAAAAAAA")
                || node.isBoolean()
                || node.isNumber() && node.asLong() <= 0
                || node.isNumber() && node.asLong() >= Integer.MAX_VALUE;
    }

    @Test
    void aRequestThatIsRefusedIsRecordedWithTheReason() throws Exception {
        try (var broker = started(RecorderOptions.defaults());
                var socket = new java.net.Socket("localhost", broker.port())) {
            var frame = ByteBuffer.allocate(14).putInt(10).putShort((short) 999).putShort((short) 3);
            socket.getOutputStream().write(frame.array());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            var refused = broker.recorder().exchanges().get(0);
            assertThat(refused.api()).isEmpty();
            assertThat(refused.toString()).contains("API_KEY_999 v3", "closed: API key 999");
            assertThat(refused.toJson()).contains("\"api\":\"API_KEY_999\"");
        }
    }

    @Test
    void itCanBeTurnedOnAndOffAndClearedAtAnyTime() throws Exception {
        try (var broker = new EmbeddedBroker().start()) {
            var recorder = broker.recorder();
            assertThat(recorder.isOn()).isFalse();
            Traffic.produce(broker, "before", "orders", "one");
            assertThat(recorder.exchanges()).isEmpty();
            recorder.start();
            Traffic.produce(broker, "while", "orders", "one");
            recorder.stop();
            Traffic.produce(broker, "after", "orders", "one");
            assertThat(recorder.exchanges())
                    .extracting(RecordedExchange::clientId)
                    .containsOnly("while");
            broker.stopBroker(0);
            assertThat(recorder.dumpText()).contains("while > PRODUCE").contains("orders-0");
            recorder.clear();
            assertThat(recorder.recent()).isEmpty();
        }
    }

    @Test
    void aConnectionThatWasThereBeforeIsRecordedToo() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = org.apache.kafka.clients.admin.Admin.create(broker.clientProperties())) {
            admin.listTopics().names().get();
            broker.recorder().start();
            admin.listTopics().names().get();
            assertThat(broker.recorder().exchanges())
                    .extracting(RecordedExchange::apiName)
                    .contains("METADATA");
        }
    }

    @Test
    void onlyWantedClientsAndRequestsAreKept() throws Exception {
        var options = RecorderOptions.defaults().apis(ApiKey.PRODUCE).clientIds(List.of("shop"));
        try (var broker = started(options)) {
            Traffic.produce(broker, "shop", "orders", "one");
            Traffic.produce(broker, "other", "orders", "one");
            assertThat(broker.recorder().exchanges()).hasSize(1).first().satisfies(each -> {
                assertThat(each.clientId()).isEqualTo("shop");
                assertThat(each.apiName()).isEqualTo("PRODUCE");
            });
        }
    }

    @Test
    void ofLargeRecordsOnlyTheBeginningIsKeptAndTheRestIsCounted() throws Exception {
        var options = RecorderOptions.defaults().maxRecordBytes(1_000);
        try (var broker = started(options)) {
            Traffic.produce(broker, "shop", "orders", "x".repeat(200_000));
            Traffic.consume(broker, "notifier", "notifications", "classic", "orders", 1);
            var produced = only(broker, ApiKey.PRODUCE).get(0);
            assertThat(produced.missingBytes()).isBetween(198_000, 200_000);
            assertThat(produced.requestBytes()).isGreaterThan(200_000);
            assertThat(produced.toString()).contains("orders-0 1 record", "of records not kept");
            assertThat(produced.toJson()).contains("\"recordBytesNotKept\":" + produced.missingBytes());
            var fetched = only(broker, ApiKey.FETCH).stream()
                    .filter(each -> each.answerBytes() > 100_000)
                    .toList();
            assertThat(fetched).hasSize(1);
            assertThat(fetched.get(0).missingBytes()).isBetween(198_000, 200_000);
            assertThat(fetched.get(0).toString()).contains("NONE orders-0 1 record");
        }
    }

    private static List<RecordedExchange> only(EmbeddedBroker broker, ApiKey key) {
        return broker.recorder().exchanges(each -> each.api().equals(java.util.Optional.of(key)));
    }

    @Test
    void theOldestGoFirstWhenItIsFull() throws Exception {
        try (var broker = started(RecorderOptions.defaults().maxBytes(64 * 1024).maxRecordBytes(0))) {
            var values = new ArrayList<String>();
            for (int i = 0; i < 1_000; i++) {
                values.add("value " + i);
            }
            Traffic.produce(broker, "shop", "orders", values.toArray(String[]::new));
            var kept = only(broker, ApiKey.PRODUCE);
            assertThat(kept).isNotEmpty().hasSizeLessThan(1_000);
            assertThat(kept.get(kept.size() - 1).toString()).contains("orders-0@999");
        }
        try (var broker = started(RecorderOptions.defaults().maxExchanges(5))) {
            Traffic.produce(broker, "shop", "orders", "one", "two", "three", "four", "five", "six", "seven");
            assertThat(broker.recorder().exchanges()).hasSize(5);
        }
    }
}
