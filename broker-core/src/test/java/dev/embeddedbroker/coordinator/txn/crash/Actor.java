package dev.embeddedbroker.coordinator.txn.crash;

import dev.embeddedbroker.api.RecordedRequest;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.request.AddOffsetsToTxnRequest;
import dev.embeddedbroker.protocol.request.AddPartitionsToTxnRequest;
import dev.embeddedbroker.protocol.request.EndTxnRequest;
import dev.embeddedbroker.protocol.request.InitProducerIdRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.TxnOffsetCommitRequest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * A producer that begins, writes, commits offsets and ends, one request at a time, and repeats a request whose answer was
 * lost or says "later", as stock producers do. After any other error it begins anew.
 */
final class Actor {
    private static final Set<ErrorCode> LATER = EnumSet.of(
            ErrorCode.CONCURRENT_TRANSACTIONS,
            ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
            ErrorCode.COORDINATOR_NOT_AVAILABLE,
            ErrorCode.NOT_COORDINATOR,
            ErrorCode.NOT_LEADER_OR_FOLLOWER,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode.NOT_ENOUGH_REPLICAS);

    /** What is known of a transaction when all is over. */
    enum Fate {
        COMMITTED,
        ABORTED,
        UNKNOWN
    }

    /** One transaction: what it wrote in each partition. */
    static final class Transaction {
        final String id;
        final long number;
        final Map<Integer, List<String>> told = new HashMap<>();
        /** Whether its offset was sent, and whether that was answered well. */
        boolean triedOffset;

        boolean hasOffset;
        Fate fate = Fate.UNKNOWN;

        Transaction(String id, long number) {
            this.id = id;
            this.number = number;
        }

        String value(int partition) {
            return id + "/" + number + "/"
                    + told.getOrDefault(partition, List.of()).size();
        }
    }

    /** A request, again and again until it is answered for good. */
    private record Asking(ApiKey api, int version, Supplier<Request> request, Consumer<RecordedRequest> then) {}

    final String id;
    private final boolean isNew;
    private final Random random;
    private final List<Transaction> transactions;
    private final Set<Long> producerIds = new HashSet<>();
    private long producerId = -1;
    private short epoch = -1;
    private final Map<Integer, Integer> sequences = new HashMap<>();
    private Transaction transaction;
    private int writesLeft;
    private Asking asking;
    private RecordedRequest asked;

    /** @param isNew whether it is a client of {@code transaction.version} 2 */
    Actor(String id, boolean isNew, Random random, List<Transaction> transactions) {
        this.id = id;
        this.isNew = isNew;
        this.random = random;
        this.transactions = transactions;
    }

    /** The broker is gone, and the answer with it. */
    void loseAnswer() {
        asked = null;
    }

    /** Looks for an answer, and asks what is next. */
    void step(World world) {
        if (asked != null) {
            if (!asked.isAnswered()) {
                return;
            }
            var answered = asked;
            var before = asking;
            asked = null;
            asking = null;
            before.then.accept(answered);
        }
        if (asking == null) {
            asking = next();
        }
        asked = world.send(asking.api, asking.version, asking.request.get(), random);
    }

    private Asking next() {
        if (epoch < 0) {
            return begin();
        } else if (transaction == null) {
            transaction = new Transaction(id, transactions.size());
            transactions.add(transaction);
            writesLeft = 1 + random.nextInt(3);
        }
        if (writesLeft-- > 0) {
            int partition = random.nextInt(World.PARTITIONS);
            return isNew ? write(partition) : add(partition);
        } else if (!transaction.hasOffset && random.nextBoolean()) {
            return isNew ? commitOffset() : addOffsets();
        }
        return end(random.nextInt(4) > 0);
    }

    /** Whether to go on; otherwise it is asked again, or everything begins anew. */
    private boolean isWell(short errorCode, Asking again) {
        ErrorCode error = ErrorCode.forId(errorCode);
        if (LATER.contains(error)) {
            asking = again;
        } else if (error != ErrorCode.NONE) {
            epoch = -1;
            transaction = null;
        }
        return error == ErrorCode.NONE;
    }

    private Asking begin() {
        var request = new InitProducerIdRequest().setTransactionalId(id).setTransactionTimeoutMs(60_000);
        return ask(ApiKey.INIT_PRODUCER_ID, 5, () -> request, (answered, me) -> {
            var answer = answered.answer(new InitProducerIdResponseData());
            if (isWell(answer.errorCode(), me)) {
                is(answer.producerId(), answer.producerEpoch());
            }
        });
    }

    boolean hadProducerId(long one) {
        return producerIds.contains(one);
    }

    private void is(long newProducerId, short newEpoch) {
        producerIds.add(newProducerId);
        if (newProducerId != producerId || newEpoch != epoch) {
            sequences.clear();
        }
        producerId = newProducerId;
        epoch = newEpoch;
    }

    private interface Then {
        void accept(RecordedRequest answered, Asking me);
    }

    private static Asking ask(ApiKey api, int version, Supplier<Request> request, Then then) {
        var me = new Asking[1];
        me[0] = new Asking(api, version, request, answered -> then.accept(answered, me[0]));
        return me[0];
    }

    private Asking add(int partition) {
        return ask(ApiKey.ADD_PARTITIONS_TO_TXN, 3, () -> addition(partition), (answered, me) -> {
            var answer = answered.answer(new AddPartitionsToTxnResponseData());
            var result = answer.resultsByTopicV3AndBelow().iterator().next().resultsByPartition();
            if (isWell(result.iterator().next().partitionErrorCode(), me)) {
                asking = write(partition);
            }
        });
    }

    private Request addition(int partition) {
        var request = new AddPartitionsToTxnRequest();
        var topic = new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic().setName(World.TOPIC);
        topic.partitions.add(partition);
        request.v3AndBelowTransactionalId = id;
        request.v3AndBelowProducerId = producerId;
        request.v3AndBelowProducerEpoch = epoch;
        request.v3AndBelowTopics.add(topic);
        return request;
    }

    private Asking write(int partition) {
        String value = transaction.value(partition);
        return ask(ApiKey.PRODUCE, isNew ? 12 : 9, () -> batch(partition, value), (answered, me) -> {
            var answer = answered.answer(new ProduceResponseData());
            var result =
                    answer.responses().iterator().next().partitionResponses().get(0);
            if (isWell(result.errorCode(), me)) {
                sequences.merge(partition, 1, Integer::sum);
                transaction
                        .told
                        .computeIfAbsent(partition, p -> new ArrayList<>())
                        .add(value);
            }
        });
    }

    private Request batch(int partition, String value) {
        var records = MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, epoch, sequences.getOrDefault(partition, 0), OneBroker.records(value));
        var request =
                new ProduceRequest().setTransactionalId(id).setAcks((short) -1).setTimeoutMs(30_000);
        var topic = new ProduceRequest.TopicProduceData().setName(World.TOPIC);
        topic.partitionData.add(
                new ProduceRequest.PartitionProduceData().setIndex(partition).setRecords(OneBroker.copy(records)));
        request.topicData.add(topic);
        return request;
    }

    private Asking addOffsets() {
        var request = new AddOffsetsToTxnRequest()
                .setTransactionalId(id)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setGroupId("g-" + id);
        return ask(ApiKey.ADD_OFFSETS_TO_TXN, 3, () -> request, (answered, me) -> {
            if (isWell(answered.answer(new AddOffsetsToTxnResponseData()).errorCode(), me)) {
                asking = commitOffset();
            }
        });
    }

    private Asking commitOffset() {
        transaction.triedOffset = true;
        var request = new TxnOffsetCommitRequest()
                .setTransactionalId(id)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setGroupId("g-" + id);
        var topic = new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic().setName(World.TOPIC);
        topic.partitions.add(new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
                .setPartitionIndex(0)
                .setCommittedOffset(transaction.number));
        request.topics.add(topic);
        return ask(ApiKey.TXN_OFFSET_COMMIT, isNew ? 5 : 3, () -> request, (answered, me) -> {
            var answer = answered.answer(new TxnOffsetCommitResponseData());
            if (isWell(answer.topics().get(0).partitions().get(0).errorCode(), me)) {
                transaction.hasOffset = true;
            }
        });
    }

    private Asking end(boolean commit) {
        var request = new EndTxnRequest()
                .setTransactionalId(id)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setCommitted(commit);
        return ask(ApiKey.END_TXN, isNew ? 5 : 3, () -> request, (answered, me) -> {
            var answer = answered.answer(new EndTxnResponseData());
            if (isWell(answer.errorCode(), me)) {
                transaction.fate = commit ? Fate.COMMITTED : Fate.ABORTED;
                transaction = null;
                if (isNew) {
                    is(answer.producerId(), answer.producerEpoch());
                }
            }
        });
    }
}
