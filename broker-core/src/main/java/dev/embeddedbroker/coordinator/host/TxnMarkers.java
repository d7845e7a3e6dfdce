package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.txn.TxnEffect.Marker;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.log.AppendOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the markers that end transactions: to the partitions, and to the notice of the group coordinators among them. */
public final class TxnMarkers {
    private static final Logger LOG = LoggerFactory.getLogger(TxnMarkers.class);

    private final Partitions partitions;
    private final GroupCoordinators groups;

    public TxnMarkers(Partitions partitions, GroupCoordinators groups) {
        this.partitions = partitions;
        this.groups = groups;
    }

    /**
     * Writes one marker to some partitions, each on its own loop, and tells on {@code home} what came of it by partition.
     *
     * @param isRepeated whether a partition may have it already, in which case it is not written again
     */
    public void write(
            Loop home,
            Marker marker,
            Collection<TxnPartition> to,
            boolean isRepeated,
            Consumer<Map<TxnPartition, ErrorCode>> then) {
        var writes = new ArrayList<Write>(to.size());
        for (TxnPartition name : to) {
            writes.add(new Write(name, partitions.find(name.topic(), name.partition()), marker, isRepeated));
        }
        OwnerCall.run(
                home,
                writes,
                () -> whenCommitted(home, writes, () -> {
                    var errors = new LinkedHashMap<TxnPartition, ErrorCode>();
                    writes.forEach(write -> errors.put(write.name, write.error));
                    then.accept(errors);
                }));
    }

    /** Runs {@code then} on {@code home} when what was written is committed; inside this call if it is. */
    private static void whenCommitted(Loop home, List<Write> writes, Runnable then) {
        var uncommitted =
                writes.stream().filter(write -> write.uncommittedEnd >= 0).toList();
        if (uncommitted.isEmpty()) {
            then.run();
            return;
        }
        var gather = new Gather<>(uncommitted.size(), Boolean.FALSE, all -> home.run(then));
        for (int i = 0; i < uncommitted.size(); i++) {
            int index = i;
            Write write = uncommitted.get(i);
            Partition partition = Objects.requireNonNull(write.partition);
            partition
                    .loop()
                    .run(() -> partition.whenCovered(write.uncommittedEnd, error -> {
                        write.error = error;
                        gather.put(index, Boolean.TRUE);
                    }));
        }
    }

    /** One partition's marker. <b>Owner:</b> as of {@link OwnerCall}'s items. */
    private final class Write implements OwnerCall.Item {
        private final TxnPartition name;
        private final @Nullable Partition partition;
        private final Marker marker;
        private final boolean isRepeated;
        private ErrorCode error = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        private long uncommittedEnd = -1;

        Write(TxnPartition name, @Nullable Partition partition, Marker marker, boolean isRepeated) {
            this.name = name;
            this.partition = partition;
            this.marker = marker;
            this.isRepeated = isRepeated;
        }

        @Override
        public @Nullable Loop owner() {
            return partition == null ? null : partition.loop();
        }

        @Override
        public void work() {
            if (partition == null) {
                return;
            }
            if (isRepeated && isThere(partition)) {
                error = ErrorCode.NONE;
                return;
            }
            long nowMs = partition.loop().clock().wallMs();
            var batch = ControlRecord.endTransactionBatch(
                    marker.producerId(), marker.epoch(), marker.commit(), marker.coordinatorEpoch(), nowMs);
            var options =
                    AppendOptions.coordinator(partition.leaderEpoch(), nowMs).withTransactionVersion(marker.version());
            var outcome = partition.append(batch, options, Partition.ACKS_ALL);
            error = outcome.error();
            if (outcome.isAppended() && partition.highWatermark() <= outcome.lastOffset()) {
                uncommittedEnd = outcome.lastOffset() + 1;
            }
            if (error == ErrorCode.NONE && name.topic().equals(TopicRules.CONSUMER_OFFSETS)) {
                groups.transactionEnded(name.partition(), marker.producerId(), marker.commit());
            }
        }

        /** A producer that has come to the marker's epoch and has nothing open was ended before. */
        private boolean isThere(Partition partition) {
            for (var producer : partition.producers().producers()) {
                if (producer.producerId() == marker.producerId()) {
                    return producer.producerEpoch() >= marker.epoch() && producer.currentTxnFirstOffset() < 0;
                }
            }
            return false;
        }

        @Override
        public void failed(Throwable cause) {
            LOG.error("A marker could not be written to {}", name, cause);
            error = ErrorCode.UNKNOWN_SERVER_ERROR;
        }
    }
}
