package dev.embeddedbroker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that leaves without waiting for its answers, as one does that is closed in a hurry. */
@Timeout(120)
class LeavingClientTest {
    @Test
    void whatAClientSentBeforeItLeftIsServed() throws Exception {
        var parked = new AtomicReference<RequestContext>();
        var isParked = new CountDownLatch(1);
        var left = new CountDownLatch(1);
        var served = new CountDownLatch(2);
        try (var server = new TestServer()) {
            server.on(ApiKey.FETCH, (context, request) -> {
                context.connection().onClose(left::countDown);
                parked.set(context);
                isParked.countDown();
            });
            server.on(ApiKey.METADATA, (context, request) -> {
                served.countDown();
                context.reply(new MetadataResponse());
            });
            server.start(1);
            try (var client = server.connect()) {
                client.send(ApiKeys.FETCH, 12, 1, new FetchRequestData());
                isParked.await();
                client.send(ApiKeys.METADATA, 12, 2, new MetadataRequestData().setTopics(null));
                client.send(ApiKeys.METADATA, 12, 3, new MetadataRequestData().setTopics(null));
            }
            left.await();
            parked.get().reply(new FetchResponse());
            served.await();
            assertThat(server.failures).isEmpty();
        }
    }
}
