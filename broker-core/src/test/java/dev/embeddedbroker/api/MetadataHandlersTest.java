package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.metadata.AutoTopics;
import dev.embeddedbroker.metadata.EffectiveConfig;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.ProducerIds;
import dev.embeddedbroker.metadata.TestNode;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.CreatePartitionsRequest;
import dev.embeddedbroker.protocol.request.CreateTopicsRequest;
import dev.embeddedbroker.protocol.request.DeleteTopicsRequest;
import dev.embeddedbroker.protocol.request.DescribeClusterRequest;
import dev.embeddedbroker.protocol.request.DescribeTopicPartitionsRequest;
import dev.embeddedbroker.protocol.request.InitProducerIdRequest;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.response.CreatePartitionsResponse;
import dev.embeddedbroker.protocol.response.CreateTopicsResponse;
import dev.embeddedbroker.protocol.response.DeleteTopicsResponse;
import dev.embeddedbroker.protocol.response.DescribeClusterResponse;
import dev.embeddedbroker.protocol.response.DescribeTopicPartitionsResponse;
import dev.embeddedbroker.protocol.response.InitProducerIdResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer is also written, and read by kafka-clients. */
class MetadataHandlersTest {

    @TempDir
    Path directory;

    private TestNode node;
    private MetadataHandler metadata;

    @BeforeEach
    void start() {
        node = TestNode.started(directory, 1);
        metadata = metadata(true);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private MetadataHandler metadata(boolean autoCreate) {
        return new MetadataHandler(
                node.host,
                node.controller,
                new AutoTopics(autoCreate, InternalTopics.onOneBroker()),
                new TopicLookups(new Arrivals()));
    }

    @Test
    void everyVersionOfMetadataTellsLeaderAndAddress() {
        node.create("orders", 2);
        for (int version = 0; version <= 13; version++) {
            var answer = metadata(version, named("orders"));
            assertThat(answer.brokers).singleElement().satisfies(broker -> {
                assertThat(broker.host).isEqualTo("localhost");
                assertThat(broker.port).isEqualTo(9092);
            });
            assertThat(answer.controllerId).isEqualTo(1);
            assertThat(answer.topics.get(0).partitions).hasSize(2).allSatisfy(partition -> {
                assertThat(partition.errorCode).isZero();
                assertThat(partition.leaderId).isEqualTo(1);
                assertThat(partition.offlineReplicas).isEmpty();
            });
        }
    }

    @Test
    void allTopicsAreAskedForByNullAndInTheFirstVersionByNothing() {
        node.create("b", 1);
        node.create("a", 1);
        var nothing = new MetadataRequest();
        assertThat(names(metadata(0, nothing))).containsExactly("a", "b");
        assertThat(names(metadata(1, nothing))).isEmpty();
        assertThat(names(metadata(13, new MetadataRequest().setTopics(null)))).containsExactly("a", "b");
    }

    @Test
    void topicsAreFoundByIdAndUnknownIdsSaidSo() {
        var id = node.create("orders", 1).id();
        var request = new MetadataRequest();
        request.topics.add(
                new MetadataRequest.MetadataRequestTopic().setTopicId(id).setName(null));
        request.topics.add(new MetadataRequest.MetadataRequestTopic()
                .setTopicId(new Uuid(1, 2))
                .setName(null));
        var answer = metadata(12, request);
        assertThat(answer.topics.get(0).name).isEqualTo("orders");
        assertThat(answer.topics.get(1).errorCode).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.id());
        assertThat(metadata(11, request).topics)
                .allSatisfy(topic -> assertThat(topic.errorCode).isEqualTo(ErrorCode.INVALID_REQUEST.id()));
    }

    @Test
    void aMissingTopicIsThereInTheFirstAnswerIfBothSidesAllowIt() {
        var answer = metadata(13, named("new"));
        assertThat(answer.topics.get(0).errorCode).isZero();
        assertThat(answer.topics.get(0).partitions.get(0).leaderId).isEqualTo(1);
        assertThat(answer.topics.get(0).topicId).isNotEqualTo(Uuid.ZERO);
        assertThat(metadata(13, named("__consumer_offsets")).topics.get(0)).satisfies(topic -> {
            assertThat(topic.isInternal).isTrue();
            assertThat(topic.partitions).hasSize(50);
        });
        assertThat(metadata(13, named("other").setAllowAutoTopicCreation(false))
                        .topics
                        .get(0)
                        .errorCode)
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.id());
        assertThat(metadata(13, named("no name")).topics.get(0).errorCode)
                .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.id());
        metadata = metadata(false);
        assertThat(metadata(13, named("other")).topics.get(0).errorCode)
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.id());
    }

    @Test
    void authorizedOperationsAreToldWhenAsked() {
        node.create("orders", 1);
        var request =
                named("orders").setIncludeTopicAuthorizedOperations(true).setIncludeClusterAuthorizedOperations(true);
        assertThat(metadata(8, request).topics.get(0).topicAuthorizedOperations).isEqualTo(3576);
        assertThat(metadata(8, request).clusterAuthorizedOperations).isEqualTo(8096);
        assertThat(metadata(8, named("orders")).topics.get(0).topicAuthorizedOperations)
                .isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void topicPartitionsComeInPages() {
        node.create("a", 3);
        node.create("b", 4);
        node.create("c", 1);
        var handler = new DescribeTopicPartitionsHandler(node.host, 2000);
        var seen = new ArrayList<String>();
        var request = new DescribeTopicPartitionsRequest().setResponsePartitionLimit(2);
        for (int pages = 0; ; pages++) {
            var answer = (DescribeTopicPartitionsResponse) ask(handler, request, 0);
            for (var topic : answer.topics) {
                for (var partition : topic.partitions) seen.add(topic.name + partition.partitionIndex);
            }
            if (answer.nextCursor == null) break;
            assertThat(pages).isLessThan(10);
            request.cursor = new DescribeTopicPartitionsRequest.Cursor()
                    .setTopicName(answer.nextCursor.topicName)
                    .setPartitionIndex(answer.nextCursor.partitionIndex);
        }
        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1", "b2", "b3", "c0");
        request.topics.add(new DescribeTopicPartitionsRequest.TopicRequest().setName("none"));
        request.cursor = null;
        assertThat(((DescribeTopicPartitionsResponse) ask(handler, request, 0)).topics.get(0).errorCode)
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.id());
        request.cursor = new DescribeTopicPartitionsRequest.Cursor().setTopicName("a");
        assertThat(((DescribeTopicPartitionsResponse) ask(handler, request, 0)).topics.get(0).errorCode)
                .isEqualTo(ErrorCode.INVALID_REQUEST.id());
    }

    @Test
    void createdTopicsAreDescribedAsTheVersionAllows() {
        EffectiveConfig.OfTopic configs = overrides -> overrides.entrySet().stream()
                .map(entry -> new EffectiveConfig(entry.getKey(), entry.getValue(), false, (byte) 1, false))
                .toList();
        var handler = new CreateTopicsHandler(node.controller, configs);
        for (int version = 2; version <= 7; version++) {
            var topic = new CreateTopicsRequest.CreatableTopic()
                    .setName("t" + version)
                    .setNumPartitions(2)
                    .setReplicationFactor((short) 1);
            topic.configs.add(new CreateTopicsRequest.CreatableTopicConfig()
                    .setName("retention.ms")
                    .setValue("7"));
            var request = new CreateTopicsRequest();
            request.topics.add(topic);
            var result = ((CreateTopicsResponse) ask(handler, request, version)).topics.get(0);
            assertThat(result.errorCode).isZero();
            assertThat(result.numPartitions).isEqualTo(2);
            assertThat(result.configs).hasSize(version < 5 ? 0 : 1);
            assertThat(((CreateTopicsResponse) ask(handler, request, version)).topics.get(0).errorCode)
                    .isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS.id());
        }
    }

    @Test
    void topicsAreDeletedByNameAndById() {
        var handler = new DeleteTopicsHandler(node.host, node.controller, true);
        for (int version = 1; version <= 5; version++) {
            node.create("t", 1);
            var request = new DeleteTopicsRequest().setTopicNames(List.of("t", "none", "twice", "twice"));
            var answer = (DeleteTopicsResponse) ask(handler, request, version);
            assertThat(answer.responses)
                    .extracting(result -> result.name + " " + ErrorCode.forId(result.errorCode))
                    .containsExactlyInAnyOrder("t NONE", "none UNKNOWN_TOPIC_OR_PARTITION", "twice INVALID_REQUEST");
            assertThat(node.image().topic("t")).isNull();
        }
        var one = node.create("one", 1).id();
        var two = node.create("two", 1).id();
        var request = new DeleteTopicsRequest();
        request.topics.add(new DeleteTopicsRequest.DeleteTopicState().setTopicId(one));
        request.topics.add(new DeleteTopicsRequest.DeleteTopicState().setTopicId(two));
        request.topics.add(new DeleteTopicsRequest.DeleteTopicState().setName("two"));
        request.topics.add(new DeleteTopicsRequest.DeleteTopicState());
        request.topics.add(new DeleteTopicsRequest.DeleteTopicState().setTopicId(new Uuid(5, 5)));
        var answer = (DeleteTopicsResponse) ask(handler, request, 6);
        assertThat(answer.responses)
                .extracting(result -> result.name + " " + ErrorCode.forId(result.errorCode))
                .containsExactlyInAnyOrder(
                        "one NONE", "two INVALID_REQUEST", "null INVALID_REQUEST", "null UNKNOWN_TOPIC_ID");
        assertThat(node.image().topic("two")).isNotNull();
    }

    @Test
    void deletionCanBeDisabled() {
        var handler = new DeleteTopicsHandler(node.host, node.controller, false);
        node.create("t", 1);
        var byName = new DeleteTopicsRequest().setTopicNames(List.of("t"));
        assertThat(((DeleteTopicsResponse) ask(handler, byName, 2)).responses.get(0).errorCode)
                .isEqualTo(ErrorCode.INVALID_REQUEST.id());
        assertThat(((DeleteTopicsResponse) ask(handler, byName, 3)).responses.get(0).errorCode)
                .isEqualTo(ErrorCode.TOPIC_DELETION_DISABLED.id());
    }

    @Test
    void partitionsAreAddedInEveryVersion() {
        var handler = new CreatePartitionsHandler(node.controller);
        node.create("t", 1);
        for (int version = 0; version <= 3; version++) {
            var request = new CreatePartitionsRequest();
            request.topics.add(new CreatePartitionsRequest.CreatePartitionsTopic()
                    .setName("t")
                    .setCount(version + 2)
                    .setAssignments(null));
            assertThat(((CreatePartitionsResponse) ask(handler, request, version)).results.get(0).errorCode)
                    .isZero();
        }
        assertThat(node.image().topic("t").partitionCount()).isEqualTo(5);
    }

    @Test
    void theClusterIsDescribedToClientsOfBrokersOnly() {
        var handler = new DescribeClusterHandler(node.host);
        for (int version = 0; version <= 2; version++) {
            var request = new DescribeClusterRequest().setIncludeClusterAuthorizedOperations(true);
            var answer = (DescribeClusterResponse) ask(handler, request, version);
            assertThat(answer.clusterId).isEqualTo("4L6g3nShT-eMCtK--X86sw");
            assertThat(answer.brokers).hasSize(1);
            assertThat(answer.clusterAuthorizedOperations).isEqualTo(8096);
        }
        var controllers = new DescribeClusterRequest().setEndpointType((byte) 2);
        assertThat(((DescribeClusterResponse) ask(handler, controllers, 1)).errorCode)
                .isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE.id());
    }

    @Test
    void idempotentProducersGetIdsAndTransactionalOnesAreTheCoordinators() {
        var handler = new InitProducerIdHandler(
                new ProducerIds(node.controller),
                (context, request) -> context.reply(
                        new InitProducerIdResponse().setErrorCode(ErrorCode.COORDINATOR_NOT_AVAILABLE.id())));
        for (int version = 0; version <= 5; version++) {
            var request = new InitProducerIdRequest().setTransactionalId(null);
            var answer = (InitProducerIdResponse) ask(handler, request, version);
            assertThat(answer.producerId).isEqualTo(version);
            assertThat(answer.producerEpoch).isZero();
        }
        assertThat(init(handler, "tx", -1, -1)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(init(handler, "", -1, -1)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(init(handler, null, 4, -1)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(init(handler, null, 4, 0)).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode init(InitProducerIdHandler handler, String transactionalId, long id, int epoch) {
        var request = new InitProducerIdRequest()
                .setTransactionalId(transactionalId)
                .setProducerId(id)
                .setProducerEpoch((short) epoch);
        return ErrorCode.forId(((InitProducerIdResponse) ask(handler, request, 5)).errorCode);
    }

    private MetadataResponse metadata(int version, MetadataRequest request) {
        return (MetadataResponse) ask(metadata, request, version);
    }

    private static MetadataRequest named(String name) {
        var request = new MetadataRequest();
        request.topics.add(new MetadataRequest.MetadataRequestTopic().setName(name));
        return request;
    }

    private static List<String> names(MetadataResponse answer) {
        return answer.topics.stream().map(topic -> topic.name).toList();
    }

    private <Q extends Request> Response ask(ApiHandler<Q> handler, Q request, int version) {
        var asked = new RecordedRequest(node.loop, request.api(), version).handledBy(handler, request);
        node.loop.runAll();
        var kafkas = ApiMessageType.fromApiKey(request.api().id()).newResponse();
        assertThat(asked.answer(kafkas).apiKey()).isEqualTo(request.api().id());
        return asked.response();
    }
}
