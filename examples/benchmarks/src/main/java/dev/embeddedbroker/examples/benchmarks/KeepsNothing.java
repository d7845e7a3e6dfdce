package dev.embeddedbroker.examples.benchmarks;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.header.RequestHeader;
import dev.embeddedbroker.protocol.header.ResponseHeader;
import dev.embeddedbroker.protocol.request.CreateTopicsRequest;
import dev.embeddedbroker.protocol.request.DeleteTopicsRequest;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.response.ApiVersionsResponse;
import dev.embeddedbroker.protocol.response.ApiVersionsResponse.ApiVersion;
import dev.embeddedbroker.protocol.response.CreateTopicsResponse;
import dev.embeddedbroker.protocol.response.CreateTopicsResponse.CreatableTopicResult;
import dev.embeddedbroker.protocol.response.DeleteTopicsResponse;
import dev.embeddedbroker.protocol.response.DeleteTopicsResponse.DeletableTopicResult;
import dev.embeddedbroker.protocol.response.InitProducerIdResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse.ListOffsetsTopicResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse.MetadataResponseBroker;
import dev.embeddedbroker.protocol.response.MetadataResponse.MetadataResponsePartition;
import dev.embeddedbroker.protocol.response.MetadataResponse.MetadataResponseTopic;
import dev.embeddedbroker.protocol.response.ProduceResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse.PartitionProduceResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse.TopicProduceResponse;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a broker would answer that keeps no record: no checksum, no check, no append. It knows as much as a stock
 * producer asks before it sends. <b>Owner:</b> the thread of its {@link KeepsNothingServer}.
 */
final class KeepsNothing {
    private static final Map<ApiKey, int[]> SERVED = Map.of(
            ApiKey.API_VERSIONS, new int[] {0, 4},
            ApiKey.METADATA, new int[] {9, 13},
            ApiKey.CREATE_TOPICS, new int[] {5, 7},
            ApiKey.DELETE_TOPICS, new int[] {4, 6},
            ApiKey.INIT_PRODUCER_ID, new int[] {2, 5},
            ApiKey.LIST_OFFSETS, new int[] {1, 7},
            ApiKey.PRODUCE, new int[] {3, 12});

    private final int port;
    private final Map<String, Integer> partitionsOf = new LinkedHashMap<>();
    private final Map<Uuid, String> names = new LinkedHashMap<>();
    private long produced;

    KeepsNothing(int port) {
        this.port = port;
    }

    /** The answer's frame to a request's, size included; nothing when none is wanted. */
    List<ByteBuffer> answer(WireReader in, short keyId, short version) {
        var key = ApiKey.forId(keyId);
        var range = key == null ? null : SERVED.get(key);
        if (key == null || range == null) {
            throw new IllegalStateException("API key " + keyId + " (expected: one of " + SERVED.keySet() + ")");
        }
        boolean known = version >= range[0] && version <= range[1];
        short spoken = known ? version : 0;
        var header = new RequestHeader();
        header.read(in, key.requestHeaderVersion(known ? version : (short) range[1]));
        Request request = key.newRequest();
        if (known) {
            request.read(in, version);
        }
        if (request instanceof ProduceRequest produce && produce.acks == 0) {
            return List.of();
        }
        Message response = key == ApiKey.API_VERSIONS ? versions(known) : responseTo(request);
        var out = new WireWriter(512);
        int size = out.reserveInt32();
        var answerHeader = new ResponseHeader();
        answerHeader.correlationId = header.correlationId;
        answerHeader.write(out, key.responseHeaderVersion(spoken));
        response.write(out, spoken);
        out.patchInt32(size, out.size() - Integer.BYTES);
        return out.segments();
    }

    private Response responseTo(Request request) {
        if (request instanceof ProduceRequest produce) {
            return produced(produce);
        }
        if (request instanceof MetadataRequest metadata) {
            return metadata(metadata);
        }
        if (request instanceof CreateTopicsRequest create) {
            return create(create);
        }
        if (request instanceof DeleteTopicsRequest delete) {
            return delete(delete);
        }
        if (request instanceof ListOffsetsRequest list) {
            return offsets(list);
        }
        return new InitProducerIdResponse().setProducerId(1).setProducerEpoch((short) 0);
    }

    private static Response versions(boolean known) {
        var answer = new ApiVersionsResponse().setErrorCode(known ? (short) 0 : (short) 35);
        SERVED.forEach((key, range) -> answer.apiKeys.add(new ApiVersion()
                .setApiKey(key.id())
                .setMinVersion((short) range[0])
                .setMaxVersion((short) range[1])));
        return answer;
    }

    private Response produced(ProduceRequest request) {
        var answer = new ProduceResponse();
        for (var topic : request.topicData) {
            var topicAnswer = new TopicProduceResponse().setName(topic.name);
            for (var partition : topic.partitionData) {
                topicAnswer.partitionResponses.add(new PartitionProduceResponse()
                        .setIndex(partition.index)
                        .setBaseOffset(produced++)
                        .setLogAppendTimeMs(-1)
                        .setLogStartOffset(0));
            }
            answer.responses.add(topicAnswer);
        }
        return answer;
    }

    private static Response offsets(ListOffsetsRequest request) {
        var answer = new ListOffsetsResponse();
        for (var topic : request.topics) {
            var topicAnswer = new ListOffsetsTopicResponse().setName(topic.name);
            topic.partitions.forEach(partition -> topicAnswer.partitions.add(new ListOffsetsPartitionResponse()
                    .setPartitionIndex(partition.partitionIndex)
                    .setOffset(0)));
            answer.topics.add(topicAnswer);
        }
        return answer;
    }

    private Response metadata(MetadataRequest request) {
        var answer = new MetadataResponse().setClusterId("keeps-nothing").setControllerId(0);
        answer.brokers.add(
                new MetadataResponseBroker().setNodeId(0).setHost("localhost").setPort(port));
        if (request.topics == null) {
            partitionsOf.keySet().forEach(name -> answer.topics.add(described(name)));
        } else {
            request.topics.forEach(topic -> answer.topics.add(
                    described(topic.name != null ? topic.name : names.getOrDefault(topic.topicId, ""))));
        }
        return answer;
    }

    private MetadataResponseTopic described(String name) {
        var topic = new MetadataResponseTopic().setName(name).setTopicId(idOf(name));
        for (int i = 0; i < partitionsOf.getOrDefault(name, 1); i++) {
            var partition = new MetadataResponsePartition().setPartitionIndex(i).setLeaderId(0);
            partition.replicaNodes.add(0);
            partition.isrNodes.add(0);
            topic.partitions.add(partition);
        }
        return topic;
    }

    private Uuid idOf(String name) {
        var id = new Uuid(1, name.hashCode());
        names.put(id, name);
        return id;
    }

    private Response create(CreateTopicsRequest request) {
        var answer = new CreateTopicsResponse();
        for (var topic : request.topics) {
            partitionsOf.put(topic.name, Math.max(1, topic.numPartitions));
            answer.topics.add(new CreatableTopicResult()
                    .setName(topic.name)
                    .setTopicId(idOf(topic.name))
                    .setNumPartitions(topic.numPartitions)
                    .setReplicationFactor((short) 1));
        }
        return answer;
    }

    private Response delete(DeleteTopicsRequest request) {
        var answer = new DeleteTopicsResponse();
        if (request.topicNames != null) {
            request.topicNames.forEach(name -> answer.responses.add(gone(name)));
        }
        if (request.topics != null) {
            request.topics.forEach(topic -> answer.responses.add(
                    gone(topic.name != null ? topic.name : names.getOrDefault(topic.topicId, ""))));
        }
        return answer;
    }

    private DeletableTopicResult gone(String name) {
        partitionsOf.remove(name);
        return new DeletableTopicResult().setName(name).setTopicId(idOf(name));
    }
}
