package dev.embeddedbroker.fault;

import dev.embeddedbroker.api.ForwardedRequest;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.response.FetchResponse;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Flips a bit in records that come or go. */
final class CorruptRecords implements Effect {
    private static final int LENGTH_AT = 8;
    private static final int BEFORE_LENGTH_COUNTS = 12;

    @Override
    public boolean strikesLater(ApiKey api) {
        return api == ApiKey.FETCH;
    }

    @Override
    public void on(MatchedRequest struck) {
        if (struck.request() instanceof ProduceRequest produce) {
            struck.rule().refused(produce, struck.matched());
            var damaged = (ProduceRequest)
                    Structs.deepCopy(struck.request(), struck.context().version());
            for (var topic : damaged.topicData) {
                for (var produced : topic.partitionData) {
                    if (isMatched(struck, topic.name, topic.topicId, produced.index)) {
                        produced.records = damaged(produced.records);
                    }
                }
            }
            struck.proceed(struck.context(), damaged);
        } else {
            struck.proceed(new Damaged(struck, struck.context()), struck.request());
        }
    }

    private static boolean isMatched(MatchedRequest struck, String name, Uuid id, int partition) {
        return struck.matched().stream().anyMatch(each -> each.partition() == partition && each.isTopic(name, id));
    }

    /** A copy of records with the last bit of the first batch flipped, which its CRC covers. */
    private static @Nullable ByteBuffer damaged(@Nullable ByteBuffer records) {
        if (records == null || records.remaining() <= BEFORE_LENGTH_COUNTS) {
            return records;
        }
        var copy = ByteBuffer.allocate(records.remaining());
        copy.put(records.duplicate()).flip();
        int end = BEFORE_LENGTH_COUNTS + copy.getInt(LENGTH_AT);
        int last = (end > BEFORE_LENGTH_COUNTS && end <= copy.limit() ? end : copy.limit()) - 1;
        copy.put(last, (byte) (copy.get(last) ^ 1));
        return copy;
    }

    /** An answer to Fetch whose records are damaged, if it has some. */
    private static final class Damaged extends ForwardedRequest {
        private final MatchedRequest struck;

        private Damaged(MatchedRequest struck, RequestContext context) {
            super(context);
            this.struck = struck;
        }

        @Override
        public void reply(Response response, List<? extends AutoCloseable> leases) {
            if (response instanceof FetchResponse fetched && hasRecords(fetched) && struck.isStruck()) {
                for (var topic : fetched.responses) {
                    for (var read : topic.partitions) {
                        if (isMatched(struck, topic.topic, topic.topicId, read.partitionIndex)) {
                            read.records = damaged(read.records);
                        }
                    }
                }
            }
            forwarded().reply(response, leases);
        }

        private boolean hasRecords(FetchResponse fetched) {
            return fetched.responses.stream().anyMatch(topic -> topic.partitions.stream()
                    .anyMatch(read -> read.records != null
                            && read.records.hasRemaining()
                            && isMatched(struck, topic.topic, topic.topicId, read.partitionIndex)));
        }
    }
}
