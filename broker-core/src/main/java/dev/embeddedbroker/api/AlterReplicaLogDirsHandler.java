package dev.embeddedbroker.api;

import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.AlterReplicaLogDirsRequest;
import dev.embeddedbroker.protocol.response.AlterReplicaLogDirsResponse;
import dev.embeddedbroker.protocol.response.AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult;
import dev.embeddedbroker.protocol.response.AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * AlterReplicaLogDirs (key 34), versions 1–2: moves partitions into other log directories while they are used (KIP-113).
 *
 * <ul>
 *   <li>The answer says that the move has begun; DescribeLogDirs tells how far it is.
 *   <li>A directory that is none of the broker's is LOG_DIR_NOT_FOUND, one that is offline KAFKA_STORAGE_ERROR.
 *   <li>A partition that is on its way elsewhere goes where it is told last; one that is there already stays.
 *   <li>Not done: remembering the wish for a partition that is to come; moves are not throttled.
 * </ul>
 */
public final class AlterReplicaLogDirsHandler implements ApiHandler<AlterReplicaLogDirsRequest> {

    private final Partitions partitions;

    public AlterReplicaLogDirsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    /** What is done with one partition. */
    private interface Move {
        ErrorCode begin(String directory, String topic, int partition);
    }

    @Override
    public void handle(RequestContext context, AlterReplicaLogDirsRequest request) {
        context.reply(answer(request, partitions::move));
    }

    private static AlterReplicaLogDirsResponse answer(AlterReplicaLogDirsRequest request, Move move) {
        var topics = new LinkedHashMap<String, AlterReplicaLogDirTopicResult>();
        for (var directory : request.dirs) {
            for (var topic : directory.topics) {
                var result = topics.computeIfAbsent(
                        topic.name, name -> new AlterReplicaLogDirTopicResult().setTopicName(name));
                for (int partition : topic.partitions) {
                    result.partitions.add(new AlterReplicaLogDirPartitionResult()
                            .setPartitionIndex(partition)
                            .setErrorCode(move.begin(directory.path, topic.name, partition)
                                    .id()));
                }
            }
        }
        var response = new AlterReplicaLogDirsResponse();
        response.results.addAll(topics.values());
        return response;
    }

    @Override
    public AlterReplicaLogDirsResponse refuse(
            AlterReplicaLogDirsRequest request, short version, ErrorCode error, @Nullable String message) {
        return answer(request, (directory, topic, partition) -> error);
    }
}
