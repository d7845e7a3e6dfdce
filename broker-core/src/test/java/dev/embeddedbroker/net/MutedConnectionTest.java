package dev.embeddedbroker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.request.MetadataRequest;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that is not read for a while (KIP-219). */
class MutedConnectionTest {
    private static final int FOR_EVER_MS = Integer.MAX_VALUE;

    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
        assertThat(server.failures).isEmpty();
    }

    private void ask(WireClient client, int correlationId) throws IOException {
        client.ask(ApiKeys.METADATA, 12, correlationId, new MetadataRequestData());
    }

    @Test
    void itIsAnsweredAtOnceAndReadAgainWhenTheTimeIsUp() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> {
                    context.mute(5);
                    context.reply(new MetadataResponse());
                })
                .start(1);
        try (var client = server.connect()) {
            for (int i = 0; i < 20; i++) {
                ask(client, i);
            }
        }
    }

    @Test
    void itsRequestsWaitWhileOthersAreServed() throws Exception {
        var muted = new AtomicReference<String>();
        var served = new AtomicInteger();
        server.<MetadataRequest>on(ApiKey.METADATA, (context, request) -> {
                    if (muted.compareAndSet(null, context.connection().id())) {
                        context.mute(FOR_EVER_MS);
                    } else if (context.connection().id().equals(muted.get())) {
                        served.incrementAndGet();
                    }
                    context.reply(new MetadataResponse());
                })
                .start(1);
        try (var client = server.connect();
                var other = server.connect()) {
            // both in one piece: the second is there when the first is answered
            byte[] first = WireClient.framed(ApiKeys.METADATA, 12, 1, new MetadataRequestData());
            byte[] second = WireClient.framed(ApiKeys.METADATA, 12, 2, new MetadataRequestData());
            var both = new byte[first.length + second.length];
            System.arraycopy(first, 0, both, 0, first.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            client.send(both);
            client.receive(ApiKeys.METADATA, 12, 1);
            for (int i = 0; i < 20; i++) {
                ask(other, i);
            }
            assertThat(served).hasValue(0);
        }
    }

    @Test
    void aMutedConnectionEndsWithTheServer() throws Exception {
        server.on(ApiKey.METADATA, (context, request) -> {
                    context.mute(FOR_EVER_MS);
                    context.reply(new MetadataResponse());
                })
                .start(1);
        try (var client = server.connect()) {
            ask(client, 1);
            server.server().close();
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
