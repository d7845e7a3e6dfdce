package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.ApiKey;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * How much a {@link FlightRecorder} keeps, and of whom. Immutable.
 *
 * @param maxBytes what all that is kept may take, at least 64 KiB; the oldest goes first
 * @param maxExchanges how many requests with their answers are kept, at least 1
 * @param maxRecordBytes how many bytes of records are kept of one request or answer; of the rest only how many they were
 * @param apis the requests that are kept; none named: all
 * @param clientIds the clients whose requests are kept; none named: all
 */
public record RecorderOptions(
        int maxBytes, int maxExchanges, int maxRecordBytes, Set<ApiKey> apis, Set<String> clientIds) {

    private static final int LEAST_BYTES = 64 * 1024;

    public RecorderOptions {
        require("maxBytes", maxBytes, LEAST_BYTES);
        require("maxExchanges", maxExchanges, 1);
        require("maxRecordBytes", maxRecordBytes, 0);
        apis = Set.copyOf(apis);
        clientIds = Set.copyOf(clientIds);
    }

    private static void require(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + " (expected: >= " + least + ")");
        }
    }

    /** 16 MiB and 50,000 exchanges of all clients, with 1 KiB of the records of each message. */
    public static RecorderOptions defaults() {
        return new RecorderOptions(16 << 20, 50_000, 1 << 10, Set.of(), Set.of());
    }

    /** The same, keeping so many bytes. */
    public RecorderOptions maxBytes(int bytes) {
        return new RecorderOptions(bytes, maxExchanges, maxRecordBytes, apis, clientIds);
    }

    /** The same, keeping so many requests with their answers. */
    public RecorderOptions maxExchanges(int exchanges) {
        return new RecorderOptions(maxBytes, exchanges, maxRecordBytes, apis, clientIds);
    }

    /** The same, keeping so many bytes of the records of one message. */
    public RecorderOptions maxRecordBytes(int bytes) {
        return new RecorderOptions(maxBytes, maxExchanges, bytes, apis, clientIds);
    }

    /** The same, of these requests only. */
    public RecorderOptions apis(ApiKey... keys) {
        var set = EnumSet.noneOf(ApiKey.class);
        set.addAll(Set.of(keys));
        return new RecorderOptions(maxBytes, maxExchanges, maxRecordBytes, set, clientIds);
    }

    /** The same, of these clients only. */
    public RecorderOptions clientIds(Collection<String> ids) {
        return new RecorderOptions(maxBytes, maxExchanges, maxRecordBytes, apis, Set.copyOf(ids));
    }
}
