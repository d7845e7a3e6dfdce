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
import dev.embeddedbroker.storage.log.LogId;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * DescribeLogDirs (key 35): the one log directory, its volume, and the size of the partitions in it.
 *
 * <ul>
 *   <li>Partitions asked for that are not here are left out, as in Kafka.
 *   <li>A copy that is to take a log's place, after AlterReplicaLogDirs, is told as a future replica.
 *   <li>There are no cordoned directories (KIP-1066).
 * </ul>
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest> {

    /** What there is to say of a log directory; any thread. */
    public interface LogDirView {

        /** Its absolute path. */
        String path();

        /** Whether it could be opened. */
        boolean isOnline();

        /** Whether a log is in it. */
        boolean holds(LogId log);

        /** Bytes of its volume; -1 if unknown. */
        long totalBytes();

        /** Bytes of its volume that may still be written; -1 if unknown. */
        long usableBytes();
    }

    private final Partitions partitions;
    private final List<LogDirView> directories;

    /**
     * @param partitions this broker's partitions
     * @param directories where their logs are
     */
    public DescribeLogDirsHandler(Partitions partitions, List<LogDirView> directories) {
        this.partitions = partitions;
        this.directories = List.copyOf(directories);
    }

    @Override
    public void handle(RequestContext context, DescribeLogDirsRequest request) {
        var found = asked(request);
        var tasks = new ArrayList<PartitionTask>();
        var copies = new ConcurrentLinkedQueue<CopyInto>();
        var response = new DescribeLogDirsResponse();
        for (var directory : directories) {
            var result = new DescribeLogDirsResult().setLogDir(directory.path());
            response.results.add(result);
            if (!directory.isOnline()) {
                result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.id());
                continue;
            }
            result.setTotalBytes(directory.totalBytes())
                    .setUsableBytes(directory.usableBytes())
                    .setTopics(topics(directory, found, tasks));
        }
        for (var partition : found) {
            tasks.add(new PartitionTask(partition, p -> note(p, copies), error -> {}));
        }
        OwnerCall.run(context.loop(), tasks, () -> {
            copies.forEach(copy -> add(copy, response));
            context.reply(response);
        });
    }

    private record CopyInto(String directory, String topic, DescribeLogDirsPartition answer) {}

    private static void note(Partition partition, Queue<CopyInto> copies) {
        var copy = partition.moves().copy();
        if (copy == null) return;
        var answer = new DescribeLogDirsPartition()
                .setPartitionIndex(partition.index())
                .setPartitionSize(copy.sizeBytes())
                .setOffsetLag(copy.lag())
                .setIsFutureKey(true);
        copies.add(new CopyInto(copy.directory().toAbsolutePath().toString(), partition.topic(), answer));
    }

    private static void add(CopyInto copy, DescribeLogDirsResponse response) {
        for (var result : response.results) {
            if (!result.logDir.equals(copy.directory())) continue;
            var topic = result.topics.stream()
                    .filter(each -> each.name.equals(copy.topic()))
                    .findFirst()
                    .orElseGet(() -> {
                        var added = new DescribeLogDirsTopic().setName(copy.topic());
                        result.topics.add(added);
                        return added;
                    });
            topic.partitions.add(copy.answer());
        }
    }

    private static List<DescribeLogDirsTopic> topics(
            LogDirView directory, List<Partition> found, List<PartitionTask> tasks) {
        var topics = new TreeMap<String, DescribeLogDirsTopic>();
        for (var partition : found) {
            if (!directory.holds(new LogId(partition.topic(), partition.index()))) continue;
            var answer = new DescribeLogDirsPartition().setPartitionIndex(partition.index());
            topics.computeIfAbsent(partition.topic(), name -> new DescribeLogDirsTopic().setName(name))
                    .partitions
                    .add(answer);
            // of a partition that fails while it is asked, size and lag are just not known
            tasks.add(new PartitionTask(partition, p -> fill(answer, p), error -> answer.offsetLag = -1));
        }
        return new ArrayList<>(topics.values());
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
