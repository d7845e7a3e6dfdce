package dev.embeddedbroker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NettyServerTest {

    private final TestServer server = new TestServer();
    private boolean started;

    @AfterEach
    void nobodyFailed() {
        if (started) {
            server.close();
        }
        assertThat(server.failures).isEmpty();
        assertThat(Leaks.threadsNamed("loop-test-")).isEmpty();
        assertThat(Leaks.threadsNamed("globalEventExecutor")).isEmpty();
    }

    private void start(int loops) {
        server.start(loops);
        started = true;
    }

    private static void answerMetadata(RequestContext context) {
        context.reply(new MetadataResponse().setClusterId("of " + context.clientId()));
    }

    private static MetadataRequestData metadata() {
        return new MetadataRequestData().setTopics(null);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderThoughHandlersFinishElsewhere() throws Exception {
        server.on(
                ApiKey.METADATA,
                (context, request) ->
                        server.loops.group().get(1 - context.loop().index()).execute(() -> answerMetadata(context)));
        start(2);
        try (var client = server.connect()) {
            var all = new ByteArrayOutputStream();
            for (int i = 0; i < 200; i++) {
                all.write(WireClient.framed(ApiKeys.METADATA, i % 13, i, metadata(i % 13)));
            }
            client.send(all.toByteArray());
            for (int i = 0; i < 200; i++) {
                client.receive(ApiKeys.METADATA, i % 13, i);
            }
        }
    }

    private static MetadataRequestData metadata(int version) {
        return version == 0 ? new MetadataRequestData() : metadata();
    }

    @Test
    void requestSplitByteByByteIsAnswered() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        start(1);
        try (var client = server.connect()) {
            for (byte b : WireClient.framed(ApiKeys.METADATA, 12, 7, metadata())) {
                client.send(new byte[] {b});
            }
            assertThat(client.receive(ApiKeys.METADATA, 12, 7).toString()).contains("of client");
        }
    }

    @Test
    void parkedAnswerIsHurriedByTheFirstByteOfTheNextRequest() throws Exception {
        var parked = new CountDownLatch(1);
        server.on(ApiKey.FETCH, (context, request) -> {
            context.onNextRequest(() -> context.reply(new FetchResponse()));
            parked.countDown();
        });
        start(1);
        try (var client = server.connect()) {
            client.send(ApiKeys.FETCH, 12, 1, new FetchRequestData());
            parked.await();
            client.send(new byte[] {0});
            client.receive(ApiKeys.FETCH, 12, 1);
        }
    }

    @Test
    void answerParkedWhenTheNextRequestIsAlreadyThereIsHurriedToo() throws Exception {
        server.on(ApiKey.FETCH, (context, request) -> context.loop().execute(() -> {
            context.onNextRequest(() -> context.reply(new FetchResponse()));
        }));
        start(1);
        try (var client = server.connect()) {
            var all = new ByteArrayOutputStream();
            all.write(WireClient.framed(ApiKeys.FETCH, 12, 1, new FetchRequestData()));
            all.write(WireClient.framed(ApiKeys.FETCH, 12, 2, new FetchRequestData()));
            all.write(0);
            client.send(all.toByteArray());
            client.receive(ApiKeys.FETCH, 12, 1);
            client.receive(ApiKeys.FETCH, 12, 2);
        }
    }

    @Test
    void parkedAnswerIsHurriedWhenTheClientLeavesAndItsLeasesAreClosed() throws Exception {
        var parked = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        server.on(ApiKey.FETCH, (context, request) -> {
            context.onNextRequest(() -> context.reply(new FetchResponse(), List.of(closed::countDown)));
            parked.countDown();
        });
        start(2);
        var client = server.connect();
        client.send(ApiKeys.FETCH, 12, 1, new FetchRequestData());
        parked.await();
        client.close();
        closed.await();
    }

    @Test
    void unansweredProduceLetsTheNextRequestThrough() throws Exception {
        server.on(ApiKey.PRODUCE, (context, request) -> context.replyNothing());
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        start(1);
        try (var client = server.connect()) {
            client.send(produce(1, new byte[100]));
            client.send(produce(2, new byte[100]));
            client.ask(ApiKeys.METADATA, 12, 3, metadata());
        }
    }

    @Test
    void recordsStayWhatTheyWereUntilTheLateAnswerOfEverySize() throws Exception {
        var held = new LinkedBlockingQueue<Runnable>();
        server.on(ApiKey.PRODUCE, (RequestContext context, ProduceRequest request) -> {
            ByteBuffer records = request.topicData.get(0).partitionData.get(0).records;
            held.add(() -> context.reply(new ProduceResponse().setThrottleTimeMs(crc(records))));
        });
        start(1);
        var random = new Random(1);
        for (int size : new int[] {0, 1, 1_000, 60_000, 70_000, 255_000, 262_144, 300_000, 1 << 20, 20_000_000}) {
            var clients = new ArrayList<WireClient>();
            var expected = new ArrayList<Integer>();
            for (int i = 0; i < 4; i++) {
                byte[] records = new byte[size];
                random.nextBytes(records);
                expected.add(crc(ByteBuffer.wrap(records)));
                clients.add(server.connect());
                clients.get(i).send(produce(i, records));
            }
            // all four are in progress before the first is answered
            var answers = List.of(take(held), take(held), take(held), take(held));
            answers.forEach(server.loops.group().get(0)::execute);
            for (int i = 0; i < 4; i++) {
                var response = clients.get(i).receive(ApiKeys.PRODUCE, 9, i);
                assertThat(response.throttleTimeMs()).isEqualTo(expected.get(i));
                clients.get(i).close();
            }
        }
    }

    @Test
    void largeRequestsBehindEachOtherAreReadWhole() throws Exception {
        server.on(
                ApiKey.PRODUCE,
                (RequestContext context, ProduceRequest request) -> context.reply(new ProduceResponse()
                        .setThrottleTimeMs(
                                crc(request.topicData.get(0).partitionData.get(0).records))));
        start(2);
        var random = new Random(2);
        try (var client = server.connect()) {
            var sent = new LinkedBlockingQueue<Integer>();
            var sender = new Thread(() -> {
                for (int i = 0; i < 300; i++) {
                    byte[] records = new byte[random.nextInt(3) == 0 ? 500_000 : random.nextInt(200_000)];
                    random.nextBytes(records);
                    sent.add(crc(ByteBuffer.wrap(records)));
                    try {
                        client.send(produce(i, records));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            sender.start();
            for (int i = 0; i < 300; i++) {
                int expected = take(sent);
                assertThat(client.receive(ApiKeys.PRODUCE, 9, i).throttleTimeMs())
                        .isEqualTo(expected);
            }
            sender.join();
        }
    }

    @Test
    void slowReaderStopsItsOwnRequestsAndNobodyElses() throws Exception {
        var handled = new AtomicInteger();
        var leases = new AtomicInteger();
        ByteBuffer mapped = ByteBuffer.allocateDirect(1 << 20);
        server.on(ApiKey.FETCH, (context, request) -> {
            handled.incrementAndGet();
            context.reply(fetched(mapped.duplicate()), List.of(leases::incrementAndGet));
        });
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        start(1);
        try (var slow = server.connect();
                var other = server.connect()) {
            slow.slowReader();
            for (int i = 0; i < 100; i++) {
                slow.send(ApiKeys.FETCH, 12, i, new FetchRequestData());
            }
            for (int i = 0; i < 100; i++) {
                other.ask(ApiKeys.METADATA, 12, i, metadata());
            }
            assertThat(handled.get()).isLessThan(20);
            assertThat(leases.get()).isLessThan(handled.get());
            for (int i = 0; i < 100; i++) {
                assertThat(slow.receive().remaining()).isGreaterThan(1 << 20);
            }
            assertThat(handled.get()).isEqualTo(100);
        }
        server.close();
        started = false;
        assertThat(leases.get()).isEqualTo(100);
    }

    @Test
    void answerOfHeapAndMappedPartsArrivesInOrder() throws Exception {
        var random = new Random(3);
        var parts = new ArrayList<ByteBuffer>();
        for (int size : new int[] {5_000, 10, 100_000, 0, 2_000_000, 3_000}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            parts.add(ByteBuffer.allocateDirect(size).put(bytes).flip());
        }
        server.on(ApiKey.FETCH, (context, request) -> {
            var response = new FetchResponse();
            parts.forEach(part -> response.responses.addAll(fetched(part.asReadOnlyBuffer()).responses));
            context.reply(response);
        });
        start(1);
        try (var client = server.connect()) {
            ByteBuffer got = client.receiveAfter(ApiKeys.FETCH, 12, 1, new FetchRequestData());
            var response = new FetchResponse();
            got.position(5); // the correlation id and no tags
            response.read(new dev.embeddedbroker.protocol.WireReader(got.slice()), (short) 12);
            for (int i = 0; i < parts.size(); i++) {
                assertThat(response.responses.get(i).partitions.get(0).records).isEqualTo(parts.get(i));
            }
        }
    }

    @Test
    void leasesAreClosedOnceWhenTheClientLeavesInTheMiddleOfAnAnswer() throws Exception {
        BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
        var answered = new CountDownLatch(1);
        ByteBuffer mapped = ByteBuffer.allocateDirect(32 << 20);
        server.on(ApiKey.FETCH, (context, request) -> {
            context.reply(fetched(mapped.duplicate()), List.of(() -> closed.add(1), () -> closed.add(2)));
            answered.countDown();
        });
        start(1);
        var client = server.connect();
        client.send(ApiKeys.FETCH, 12, 1, new FetchRequestData());
        answered.await();
        assertThat(closed).isEmpty();
        client.reset();
        assertThat(List.of(closed.take(), closed.take())).containsExactly(1, 2);
        server.close();
        started = false;
        assertThat(closed).isEmpty();
    }

    @Test
    void unknownKeysAndVersionsCloseTheConnectionAndNoOther() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        start(1);
        try (var good = server.connect()) {
            byte[][] bad = {
                {0, 0, 0, 10, 0x7f, 0, 0, 0, 0, 0, 0, 1, -1, -1}, // no such key
                {0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, -1, -1}, // Metadata v99
                {0, 0, 0, 10, 0, 3, -1, -1, 0, 0, 0, 1, -1, -1}, // Metadata v-1
                {0, 0, 0, 10, -1, -1, 0, 0, 0, 0, 0, 1, -1, -1}, // key -1
                {0, 0, 0, 0}, // nothing at all
                {0, 0, 0, 4, 0, 3, 0, 1}, // a header cut off
                {0, 0, 0, 12, 0, 3, 0, 1, 0, 0, 0, 1, 0x7f, 0, 'a', 'b'}, // a client id cut off
                {0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, -1, -1, 0x7f, -1, -1, -1}, // an array of 2^31 - 1
                {-1, -1, -1, -1}, // a negative size
                {0x7f, -1, -1, -1}, // an oversized one
                "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01}, // a TLS handshake
            };
            for (byte[] bytes : bad) {
                try (var client = server.connect()) {
                    client.send(bytes);
                    assertThat(client.isClosedByServer()).isTrue();
                }
                good.ask(ApiKeys.METADATA, 12, 1, metadata());
            }
        }
    }

    @Test
    void randomBytesHarmNobody() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        server.on(ApiKey.FETCH, (context, request) -> context.reply(new FetchResponse()));
        server.on(ApiKey.PRODUCE, (context, request) -> context.reply(new ProduceResponse()));
        start(2);
        var random = new Random(4);
        try (var good = server.connect()) {
            for (int i = 0; i < 300; i++) {
                try (var client = server.connect()) {
                    byte[] body = new byte[4 + random.nextInt(200)];
                    random.nextBytes(body);
                    body[0] = 0;
                    body[1] = (byte) (random.nextBoolean() ? 18 : random.nextInt(4));
                    body[2] = 0;
                    body[3] = (byte) random.nextInt(20);
                    client.send(WireClient.framed(body));
                }
                good.ask(ApiKeys.METADATA, 12, i, metadata());
            }
        }
    }

    @Test
    void aHandlersBugIsReportedAndAnsweredAndTheConnectionGoesOn() throws Exception {
        server.on(ApiKey.METADATA, (RequestContext context, MetadataRequest request) -> {
            if (request.allowAutoTopicCreation) {
                throw new IllegalStateException("a bug");
            }
            context.loop().execute(() -> context.fail(new IllegalStateException("a later bug")));
        });
        start(1);
        try (var client = server.connect()) {
            for (boolean thrown : new boolean[] {true, false}) {
                var answer = client.ask(ApiKeys.METADATA, 12, 1, metadata().setAllowAutoTopicCreation(thrown));
                assertThat(answer.toString()).contains("refused UNKNOWN_SERVER_ERROR");
            }
        }
        assertThat(server.failures).extracting(Throwable::getMessage).containsExactly("a bug", "a later bug");
        server.failures.clear();
    }

    @Test
    void answeringTwiceIsABug() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> {
            answerMetadata(context);
            answerMetadata(context);
        });
        start(1);
        try (var client = server.connect()) {
            client.ask(ApiKeys.METADATA, 12, 1, metadata());
            client.ask(ApiKeys.METADATA, 12, 2, metadata());
        }
        assertThat(server.failures).hasSize(2).allSatisfy(e -> assertThat(e).hasMessageContaining("answered twice"));
        server.failures.clear();
    }

    @Test
    void filtersArePassedInOrderAndMayAnswer() throws Exception {
        var passed = new LinkedBlockingQueue<String>();
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        server.filters.add((context, request, next) -> {
            passed.add("first");
            context.loop().schedule(1, () -> next.proceed(context, request));
        });
        server.filters.add((context, request, next) -> {
            passed.add("second");
            if (context.version() == 5) {
                context.disconnect("a rule says so");
            } else {
                next.proceed(context, request);
            }
        });
        start(1);
        try (var client = server.connect()) {
            client.ask(ApiKeys.METADATA, 12, 1, metadata());
            client.send(ApiKeys.METADATA, 5, 2, metadata());
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(passed).containsExactly("first", "second", "first", "second");
    }

    @Test
    void connectionsBeyondTheLimitOfTheirAddressAreClosed() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        server.options = server.options.withConnectionLimits(10, 5, Map.of("localhost", 2), -1);
        start(2);
        try (var first = server.connect();
                var second = server.connect();
                var third = server.connect()) {
            first.ask(ApiKeys.METADATA, 12, 1, metadata());
            second.ask(ApiKeys.METADATA, 12, 1, metadata());
            assertThat(third.isClosedByServer()).isTrue();
        }
    }

    @Test
    void connectionBeyondTheLimitOfAllWaitsUntilOneLeaves() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
        server.options = server.options.withConnectionLimits(2, 100, Map.of(), -1);
        start(2);
        var first = server.connect();
        try (var second = server.connect();
                var third = server.connect();
                var fourth = server.connect()) {
            third.send(ApiKeys.METADATA, 12, 3, metadata());
            fourth.send(ApiKeys.METADATA, 12, 4, metadata());
            first.ask(ApiKeys.METADATA, 12, 1, metadata());
            second.ask(ApiKeys.METADATA, 12, 2, metadata());
            first.close();
            third.receive(ApiKeys.METADATA, 12, 3);
            third.close();
            fourth.receive(ApiKeys.METADATA, 12, 4);
            second.ask(ApiKeys.METADATA, 12, 5, metadata());
        }
    }

    @Test
    void idleConnectionIsClosedAndABusyOneIsNot() throws Exception {
        var parked = new LinkedBlockingQueue<RequestContext>();
        server.on(ApiKey.FETCH, (RequestContext context, FetchRequest request) -> parked.add(context));
        server.options = server.options.withConnectionLimits(10, 10, Map.of(), 1_000);
        start(1);
        try (var busy = server.connect()) {
            busy.send(ApiKeys.FETCH, 12, 1, new FetchRequestData());
            RequestContext context = parked.take();
            try (var idle = server.connect()) {
                assertThat(idle.isClosedByServer()).isTrue();
            }
            context.reply(new FetchResponse());
            busy.receive(ApiKeys.FETCH, 12, 1);
            assertThat(busy.isClosedByServer()).isTrue();
        }
    }

    @Test
    void requestsWaitForTheBudgetAndAllArrive() throws Exception {
        server.options = server.options.withRequestLimits(10_000_000, 600_000);
        server.on(ApiKey.PRODUCE, (context, request) -> context.loop()
                .schedule(1, () -> context.reply(new ProduceResponse())));
        start(1);
        var clients = new ArrayList<WireClient>();
        var senders = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            var client = server.connect();
            clients.add(client);
            senders.add(new Thread(() -> {
                try {
                    for (int n = 0; n < 10; n++) {
                        client.send(produce(n, new byte[500_000]));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        senders.forEach(Thread::start);
        for (var client : clients) {
            for (int n = 0; n < 10; n++) {
                client.receive(ApiKeys.PRODUCE, 9, n);
            }
            client.close();
        }
        for (var sender : senders) {
            sender.join();
        }
    }

    @Test
    void portInUseIsAnErrorThatNamesIt() throws Exception {
        start(1);
        var taken = server.options.withAddress(
                "127.0.0.1", server.server().address().getPort());
        int before = 0;
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> NettyServer.start(taken, server.loops, null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.port());
            before = i == 0 ? Leaks.openFiles() : before;
        }
        // the selector lets go of a closed socket in its next turn
        assertThat(Leaks.openFiles()).isLessThanOrEqualTo(before + 3);
    }

    @Test
    void aThousandStartsAndStopsLeaveNothing() throws Exception {
        cycle();
        int before = Leaks.openFiles();
        for (int i = 0; i < 1_000; i++) {
            cycle();
        }
        assertThat(Leaks.openFiles()).isLessThanOrEqualTo(before + 2);
        assertThat(Leaks.threadsNamed("globalEventExecutor")).isEmpty();
    }

    private static void cycle() throws IOException {
        try (var server = new TestServer()) {
            server.on(ApiKey.METADATA, (context, request) -> answerMetadata(context));
            server.start(2);
            try (var gone = server.connect()) {
                gone.ask(ApiKeys.METADATA, 12, 1, metadata());
            }
            var left = server.connect();
            left.ask(ApiKeys.METADATA, 12, 1, metadata());
            server.close();
            assertThat(left.isClosedByServer()).isTrue();
            left.close();
            assertThat(server.failures).isEmpty();
        }
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue() & Integer.MAX_VALUE;
    }

    private static FetchResponse fetched(ByteBuffer records) {
        var topic = new FetchResponse.FetchableTopicResponse().setTopic("t");
        topic.partitions.add(new FetchResponse.PartitionData().setRecords(records));
        var response = new FetchResponse();
        response.responses.add(topic);
        return response;
    }

    /** A Produce request of version 9 with the given bytes for records. */
    private static byte[] produce(int correlationId, byte[] records) {
        var partition = new ProduceRequest.PartitionProduceData().setRecords(ByteBuffer.wrap(records));
        var topic = new ProduceRequest.TopicProduceData().setName("t");
        topic.partitionData.add(partition);
        var request = new ProduceRequest().setAcks((short) 1).setTimeoutMs(1000);
        request.topicData.add(topic);
        var out = new dev.embeddedbroker.protocol.WireWriter(100);
        var header = new dev.embeddedbroker.protocol.header.RequestHeader()
                .setRequestApiKey((short) 0)
                .setRequestApiVersion((short) 9)
                .setCorrelationId(correlationId)
                .setClientId("client");
        header.write(out, (short) 2);
        request.write(out, (short) 9);
        byte[] bytes = new byte[out.size()];
        out.toByteBuffer().get(bytes);
        return WireClient.framed(bytes);
    }
}
