package dev.embeddedbroker.coordinator.txn.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.Utils;

/**
 * One of two brokers that are asked the same: what it answered, as text in which nothing is left that may differ.
 * Producer ids go by the order they were first seen in, times by whether there is one; messages, of which ours say more, are
 * left out.
 */
final class Side implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Set<String> TIMES =
            Set.of("lastTimestamp", "transactionStartTimeMs", "timestamp", "logAppendTimeMs");
    private static final Set<String> IGNORED = Set.of("throttleTimeMs", "nodeEndpoints", "errorMessage");

    /** A broker that is busy with what it was asked before, and says so; errors by number. */
    private static final Set<Short> NOT_YET = Set.of((short) 14, (short) 15, (short) 16, (short) 19, (short) 51);

    /** What a producer was given. */
    record Identity(long producerId, short epoch) {}

    private static final Identity NOBODY = new Identity(5_000_000, (short) 0);

    final String name;
    private final WireClient wire;
    private final Map<Long, String> producers = new HashMap<>();
    private final Map<Integer, Identity> identities = new HashMap<>();
    private final Map<String, Integer> sequences = new HashMap<>();
    private int correlation;

    Side(String name, int port) throws IOException {
        this.name = name;
        this.wire = new WireClient(new InetSocketAddress("localhost", port));
    }

    // ---- what it gave ----

    void know(int key, Identity identity) {
        identities.put(key, identity);
    }

    Identity identity(int key) {
        return identities.getOrDefault(key, NOBODY);
    }

    int sequence(Identity identity, String partition) {
        return sequences.getOrDefault(identity + partition, 0);
    }

    void wrote(Identity identity, String partition) {
        sequences.merge(identity + partition, 1, Integer::sum);
    }

    // ---- asking ----

    /** The answer, once it is not that the broker is busy. */
    ApiMessage ask(ApiKeys key, int version, ApiMessage request) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            var answer = askOnce(key, version, request);
            boolean isBusy = answer.errorCounts().keySet().stream().anyMatch(e -> NOT_YET.contains(e.code()));
            if (!isBusy || System.nanoTime() > deadline) {
                return answer.data();
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    AbstractResponse askOnce(ApiKeys key, int version, ApiMessage request) {
        try {
            return wire.ask(key, version, correlation++, request);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " did not answer " + key + " v" + version + " " + request, e);
        }
    }

    String told(ApiKeys key, int version, ApiMessage request) {
        return text(ask(key, version, request), version);
    }

    /** Waits until the id's transaction is neither being ended nor, if {@code alsoOpen}, open. */
    String awaitRest(String id, boolean alsoOpen) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            var request = new DescribeTransactionsRequestData().setTransactionalIds(List.of(id));
            var answer = (DescribeTransactionsResponseData) ask(ApiKeys.DESCRIBE_TRANSACTIONS, 0, request);
            String state = answer.transactionStates().get(0).transactionState();
            boolean isOver = !state.startsWith("Prepare") && !(alsoOpen && state.equals("Ongoing"));
            if (isOver || System.nanoTime() > deadline) {
                return state;
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    // ---- telling ----

    String text(ApiMessage answer, int version) {
        return alike("", json(answer, (short) version)).toString();
    }

    /** What was fetched: the offsets of the answer, aborted transactions, and the batches. */
    String fetched(FetchResponseData answer) {
        var one = answer.responses().get(0).partitions().get(0);
        long last = -1;
        for (var batch : ((MemoryRecords) one.records()).batches()) {
            last = batch.lastOffset();
        }
        long end = last; // Kafka may name transactions that begin behind the records, which its readers don't mind
        var told = new StringBuilder("error " + one.errorCode() + ", " + one.logStartOffset() + " to "
                + one.lastStableOffset() + " to " + one.highWatermark() + ", aborted ");
        if (one.abortedTransactions() != null) {
            one.abortedTransactions().stream()
                    .filter(txn -> txn.firstOffset() <= end)
                    .sorted(Comparator.comparing(FetchResponseData.AbortedTransaction::firstOffset)
                            .thenComparing(txn -> producer(txn.producerId())))
                    .forEach(txn -> told.append(producer(txn.producerId()))
                            .append('@')
                            .append(txn.firstOffset())
                            .append(' '));
        }
        for (var batch : ((MemoryRecords) one.records()).batches()) {
            told.append("\n")
                    .append(batch.baseOffset())
                    .append(batch.isControlBatch() ? " marker " : " data ")
                    .append(producer(batch.producerId()))
                    .append(" epoch ")
                    .append(batch.producerEpoch());
            for (var record : batch) {
                told.append(' ')
                        .append(
                                batch.isControlBatch()
                                        ? ControlRecordType.parse(record.key()).toString()
                                        : Utils.utf8(record.value()));
            }
        }
        return told.toString();
    }

    private static JsonNode json(ApiMessage message, short version) {
        try {
            return (JsonNode) Class.forName(message.getClass().getName() + "JsonConverter")
                    .getMethod("write", message.getClass(), short.class)
                    .invoke(null, message, version);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode alike(String field, JsonNode node) {
        var json = JsonNodeFactory.instance;
        if (node instanceof ObjectNode object) {
            var same = json.objectNode();
            object.properties().stream()
                    .filter(property -> !IGNORED.contains(property.getKey()))
                    .forEach(property -> same.set(property.getKey(), alike(property.getKey(), property.getValue())));
            return same;
        }
        if (node instanceof ArrayNode array) {
            var all = new ArrayList<JsonNode>();
            array.forEach(all::add);
            // in an order that is the same on both sides before ids are told from each other
            all.sort(Comparator.comparing(JsonNode::toString));
            var same = json.arrayNode();
            all.forEach(element -> same.add(alike("", element)));
            return same;
        }
        if (TIMES.contains(field)) {
            return json.textNode(node.longValue() < 0 ? "none" : "some");
        }
        return field.equals("producerId") || field.equals("ongoingTxnProducerId")
                ? json.textNode(producer(node.longValue()))
                : node;
    }

    private String producer(long id) {
        return id < 0 ? "none" : producers.computeIfAbsent(id, unseen -> "P" + producers.size());
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
