package dev.embeddedbroker.coordinator.txn.crash;

import dev.embeddedbroker.api.AddOffsetsToTxnHandler;
import dev.embeddedbroker.api.AddPartitionsToTxnHandler;
import dev.embeddedbroker.api.ApiHandler;
import dev.embeddedbroker.api.EndTxnHandler;
import dev.embeddedbroker.api.InitProducerIdHandler;
import dev.embeddedbroker.api.InitTransactionalProducer;
import dev.embeddedbroker.api.OffsetFetchHandler;
import dev.embeddedbroker.api.ProduceHandler;
import dev.embeddedbroker.api.RecordedRequest;
import dev.embeddedbroker.api.TransactionAdmission;
import dev.embeddedbroker.api.TxnOffsetCommitHandler;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.GroupRoles;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.host.TransactionRoles;
import dev.embeddedbroker.coordinator.host.TxnMarkers;
import dev.embeddedbroker.coordinator.txn.TxnSettings;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.Features;
import dev.embeddedbroker.metadata.InternalTopics;
import dev.embeddedbroker.metadata.ProducerIdBlock;
import dev.embeddedbroker.metadata.ProducerIds;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All of a broker that takes part in transactions, on real logs: handlers, both coordinators and partitions, on loops that
 * a test steps one task at a time. It lives until the test lets it crash; another one begins on a copy of its directory.
 */
final class World implements AutoCloseable {
    static final String TOPIC = "t";
    static final int PARTITIONS = 3;
    private static final int LOOPS = 3;
    private static final int PRODUCER_IDS = 10;

    final OneBroker broker;
    private final Map<ApiKey, ApiHandler<?>> handlers;

    World(Path directory, long elapsedMs, AtomicLong producerIdBlocks) {
        broker = new OneBroker(directory, LOOPS).feature(Features.TRANSACTION_VERSION, 2);
        broker.loops.clock().advanceMs(elapsedMs);
        var controller = controller(producerIdBlocks);
        var internal = InternalTopics.onOneBroker();
        var groups = new GroupCoordinators(broker::image, controller, internal, GroupSettings.defaults());
        var markers = new TxnMarkers(broker.partitions, groups);
        var txns = new TransactionCoordinators(broker::image, controller, internal, TxnSettings.defaults(), markers);
        broker.partitions.addRoleListener(new GroupRoles(groups));
        broker.partitions.addRoleListener(new TransactionRoles(txns));
        broker.topic(TOPIC, PARTITIONS).topic(TopicRules.CONSUMER_OFFSETS, 2).topic(TopicRules.TRANSACTION_STATE, 2);
        var admission = new TransactionAdmission(() -> true, txns::ask);
        handlers = Map.of(
                ApiKey.INIT_PRODUCER_ID,
                new InitProducerIdHandler(new ProducerIds(controller), new InitTransactionalProducer(txns)),
                ApiKey.ADD_PARTITIONS_TO_TXN,
                new AddPartitionsToTxnHandler(txns, broker::image),
                ApiKey.ADD_OFFSETS_TO_TXN,
                new AddOffsetsToTxnHandler(txns, groups),
                ApiKey.TXN_OFFSET_COMMIT,
                new TxnOffsetCommitHandler(groups, broker.partitions, broker::image, admission),
                ApiKey.END_TXN,
                new EndTxnHandler(txns),
                ApiKey.PRODUCE,
                new ProduceHandler(broker.partitions, broker::image, admission),
                ApiKey.OFFSET_FETCH,
                new OffsetFetchHandler(groups, broker::image));
    }

    /** A controller that is only asked for producer ids, and gives none of them twice, crash or not. */
    private static ControllerClient controller(AtomicLong blocks) {
        return (ControllerClient) Proxy.newProxyInstance(
                World.class.getClassLoader(), new Class<?>[] {ControllerClient.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("allocateProducerIds")) {
                        throw new AssertionError("the controller is asked for " + method.getName());
                    }
                    long first = blocks.getAndIncrement() * PRODUCER_IDS;
                    return CompletableFuture.completedFuture(new ProducerIdBlock(first, PRODUCER_IDS));
                });
    }

    /** Sends a request on a connection of some loop; it is answered by and by, as the world is stepped. */
    @SuppressWarnings("unchecked")
    <Q extends Request> RecordedRequest send(ApiKey api, int version, Q request, Random random) {
        var loop = broker.loop(random.nextInt(LOOPS));
        var sent = new RecordedRequest(loop, api, version);
        broker.loops.inside(loop, () -> sent.handledBy((ApiHandler<Q>) handlers.get(api), request));
        return sent;
    }

    @Override
    public void close() {
        broker.close();
    }
}
