package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Facts.Sample;
import dev.embeddedbroker.protocol.response.FetchResponse;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what a read_committed consumer makes of the answer to a Fetch. */
final class Samples {

    private Samples() {}

    static Sample of(FetchResponse response, long from) {
        int committed = 0;
        int aborted = 0;
        for (var topic : response.responses) {
            for (var partition : topic.partitions) {
                var sample = of(partition, from);
                committed += sample.committed();
                aborted += sample.aborted();
            }
        }
        return new Sample(from, committed, aborted);
    }

    private static Sample of(FetchResponse.PartitionData partition, long from) {
        @Nullable ByteBuffer records = partition.records;
        if (records == null) {
            return new Sample(from, 0, 0);
        }
        Map<Long, Long> abortedFrom = new HashMap<>(); // by producer, from its transaction's first offset to the marker
        var told = partition.abortedTransactions;
        int committed = 0;
        int aborted = 0;
        var bytes = records.slice();
        int at = 0;
        while (bytes.limit() - at >= RecordBatchView.RECORDS) {
            var batch = RecordBatchView.of(bytes, at);
            if (batch.sizeBytes() > bytes.limit() - at) break;
            if (told != null) {
                told.stream()
                        .filter(each -> each.firstOffset <= batch.lastOffset())
                        .forEach(each -> abortedFrom.putIfAbsent(each.producerId, each.firstOffset));
            }
            boolean isAborted = batch.isTransactional() && abortedFrom.containsKey(batch.producerId());
            if (batch.isControl()) {
                abortedFrom.remove(batch.producerId());
                if (told != null)
                    told.removeIf(
                            each -> each.producerId == batch.producerId() && each.firstOffset < batch.baseOffset());
            } else if (batch.lastOffset() >= from) {
                int count = (int) Math.min(batch.recordCount(), batch.lastOffset() - from + 1);
                if (isAborted) aborted += count;
                else committed += count;
            }
            at += batch.sizeBytes();
        }
        return new Sample(from, committed, aborted);
    }
}
