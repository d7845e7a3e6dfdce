package dev.embeddedbroker.api;

import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.DescribeLogDirsRequest;
import dev.embeddedbroker.protocol.response.DescribeLogDirsResponse;
import dev.embeddedbroker.protocol.response.DescribeLogDirsResponse.DescribeLogDirsPartition;
import dev.embeddedbroker.protocol.response.DescribeLogDirsResponse.DescribeLogDirsResult;
import dev.embeddedbroker.protocol.response.DescribeLogDirsResponse.DescribeLogDirsTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * DescribeLogDirs (key 35): the one log directory, its volume, and the size of the partitions in it.
 *
 * <ul>
 *   <li>Partitions asked for that are not here are left out, as in Kafka.
 *   <li>There are no future replicas and no cordoned directories (KIP-1066).
 * </ul>
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest> {

    /** What there is to say of a log directory; any thread. */
    public interface LogDirView {

        /** Its absolute path. */
        String path();

        /** Bytes of its volume; -1 if unknown. */
        long totalBytes();

        /** Bytes of its volume that may still be written; -1 if unknown. */
        long usableBytes();
    }

    private final Partitions partitions;
    private final LogDirView directory;

    /**
     * @param partitions this broker's partitions
     * @param directory where their logs are
     */
    public DescribeLogDirsHandler(Partitions partitions, LogDirView directory) {
        this.partitions = partitions;
        this.directory = directory;
    }

    @Override
    public void handle(RequestContext context, DescribeLogDirsRequest request) {
        var topics = new TreeMap<String, DescribeLogDirsTopic>();
        var tasks = new ArrayList<PartitionTask>();
        for (var partition : asked(request)) {
            var answer = new DescribeLogDirsPartition().setPartitionIndex(partition.index());
            topics.computeIfAbsent(partition.topic(), name -> new DescribeLogDirsTopic().setName(name))
                    .partitions
                    .add(answer);
            // of a partition that fails while it is asked, size and lag are just not known
            tasks.add(new PartitionTask(partition, p -> fill(answer, p), error -> answer.offsetLag = -1));
        }
        OwnerCall.run(context.loop(), tasks, () -> {
            var result = new DescribeLogDirsResult()
                    .setLogDir(directory.path())
                    .setTopics(new ArrayList<>(topics.values()))
                    .setTotalBytes(directory.totalBytes())
                    .setUsableBytes(directory.usableBytes());
            context.reply(new DescribeLogDirsResponse().setResults(new ArrayList<>(List.of(result))));
        });
    }

    private List<Partition> asked(DescribeLogDirsRequest request) {
        if (request.topics == null) return partitions.all();
        var asked = new ArrayList<Partition>();
        for (var topic : request.topics) {
            for (int index : topic.partitions) {
                Partition partition = partitions.find(topic.topic, index);
                if (partition != null && !asked.contains(partition)) asked.add(partition);
            }
        }
        return asked;
    }

    private static void fill(DescribeLogDirsPartition answer, Partition partition) {
        answer.partitionSize = partition.sizeBytes();
        answer.offsetLag = Math.max(partition.highWatermark() - partition.endOffset(), 0);
    }

    @Override
    public Response refuse(DescribeLogDirsRequest request, short version, ErrorCode code, @Nullable String message) {
        return new DescribeLogDirsResponse().setErrorCode(code.id());
    }
}
