package dev.embeddedbroker.net;

import dev.embeddedbroker.api.ApiHandler;
import dev.embeddedbroker.api.ApiRouter;
import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.api.ApiVersionsHandler;
import dev.embeddedbroker.api.Features;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import dev.embeddedbroker.protocol.response.ProduceResponse;
import dev.embeddedbroker.time.SystemClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A listener with handlers of the test's own making. */
final class TestServer implements AutoCloseable {

    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<RequestFilter> filters = new ArrayList<>();
    final ApiTable table = new ApiTable();
    NetOptions options = NetOptions.defaults();
    NettyLoops loops;
    private NettyServer server;

    TestServer() {
        this(Features.NONE);
    }

    /** The first broker of the cluster named "cluster". */
    TestServer(Features features) {
        table.serve(ApiKey.API_VERSIONS, 0, 5, new ApiVersionsHandler(table, () -> features, "cluster", 1));
    }

    /** What {@code handler} does is done for the key; refusals say the error in the form of the key's response. */
    <Q extends Request> TestServer on(ApiKey key, BiConsumer<RequestContext, ? super Q> handler) {
        table.serve(key, key.oldestVersion(), key.latestVersion(), new ApiHandler<Q>() {
            @Override
            public void handle(RequestContext context, Q request) {
                handler.accept(context, request);
            }

            @Override
            public Response refuse(Q request, short version, ErrorCode code, String message) {
                return switch (key) {
                    case METADATA -> new MetadataResponse().setClusterId("refused " + code);
                    case FETCH -> new FetchResponse().setErrorCode(code.id());
                    default -> new ProduceResponse();
                };
            }
        });
        return this;
    }

    TestServer start(int loopCount) {
        loops = NettyLoops.start(loopCount, "loop-test-", new SystemClock(), (where, e) -> failures.add(e));
        try {
            server = NettyServer.start(options, loops, new ApiRouter(table, filters, (where, e) -> failures.add(e)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    WireClient connect() throws IOException {
        return new WireClient(server.address());
    }

    NettyServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
        loops.close();
    }
}
