package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request wants of one partition: work on it, or a note of the error if that was a bug's.
 *
 * <p><b>Owner:</b> as of {@link OwnerCall}'s items.
 */
record PartitionTask(Partition partition, Consumer<Partition> onPartition, Consumer<ErrorCode> onError)
        implements OwnerCall.Item {

    private static final Logger log = LoggerFactory.getLogger(PartitionTask.class);

    @Override
    public Loop owner() {
        return partition.loop();
    }

    @Override
    public void work() {
        onPartition.accept(partition);
    }

    @Override
    public void failed(Throwable cause) {
        log.error("A request on {} failed", partition, cause);
        onError.accept(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
