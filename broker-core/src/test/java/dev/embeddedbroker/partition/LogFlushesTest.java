package dev.embeddedbroker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogOptions;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acknowledgements that wait for a flush: fsyncs end when the test says so. */
class LogFlushesTest {

    @TempDir
    Path directory;

    private OneBroker broker;
    private final Queue<Runnable> fsyncs = new ArrayDeque<>();
    private final List<String> answers = new ArrayList<>();
    private int flushes;

    @BeforeEach
    void start() {
        broker = new OneBroker(directory, 1);
        broker.partitions.flushBy((work, loop, then) -> {
            flushes++;
            fsyncs.add(() -> Flusher.INLINE.run(work, loop, failure -> loop.execute(() -> then.accept(failure))));
        });
    }

    @AfterEach
    void stop() {
        fsyncs.forEach(Runnable::run);
        broker.close();
    }

    private void topic(long flushMessages) {
        broker.settings(
                "t",
                new PartitionSettings(
                        LogOptions.builder().flushMessages(flushMessages).build(), 1));
        broker.topic("t", 1);
    }

    /** Appends one record, and notes under {@code name} how it is answered with acks=-1, and with acks=1. */
    private void append(String name) {
        var outcome = broker.append("t", 0, name);
        assertThat(outcome.error()).isEqualTo(ErrorCode.NONE);
        broker.on("t", 0, partition -> {
            partition.whenCovered(outcome.lastOffset() + 1, error -> answers.add(name + " all " + error));
            partition.whenWritten(outcome.lastOffset() + 1, error -> answers.add(name + " one " + error));
            return null;
        });
    }

    private void fsync() {
        fsyncs.remove().run();
        broker.loops.runAll();
    }

    private long highWatermark() {
        return broker.on("t", 0, Partition::highWatermark);
    }

    @Test
    void oneFlushCoversAllAppendsBeforeItAndAnswersKeepTheirOrder() {
        topic(1);
        append("a");
        append("b");
        append("c");
        assertThat(answers).isEmpty();
        assertThat(highWatermark()).isZero();

        fsync();
        assertThat(answers).containsExactlyInAnyOrder("a one NONE", "a all NONE");
        assertThat(highWatermark()).isEqualTo(1);

        append("d");
        fsync();
        assertThat(answers)
                .filteredOn(answer -> answer.contains("all"))
                .containsExactly("a all NONE", "b all NONE", "c all NONE");
        fsync();
        assertThat(answers)
                .filteredOn(answer -> answer.contains("one"))
                .containsExactly("a one NONE", "b one NONE", "c one NONE", "d one NONE");
        assertThat(highWatermark()).isEqualTo(4);
        assertThat(flushes).isEqualTo(3);
        assertThat(fsyncs).isEmpty();
    }

    @Test
    void whatNeedsNoFlushIsAnsweredAtOnceButNotBeforeWhatDoes() {
        topic(3);
        append("a");
        append("b");
        assertThat(answers).hasSize(4);
        assertThat(highWatermark()).isEqualTo(2);
        append("c");
        append("d");
        assertThat(answers).hasSize(4);
        assertThat(highWatermark()).isEqualTo(2);
        fsync();
        assertThat(answers).hasSize(8);
        assertThat(highWatermark()).isEqualTo(4);
        assertThat(fsyncs).isEmpty();
    }

    @Test
    void aFlushThatFailsAcknowledgesNothing() {
        broker.partitions.flushBy((work, loop, then) ->
                fsyncs.add(() -> loop.execute(() -> then.accept(new StorageException("the device is gone")))));
        topic(1);
        append("a");
        append("b");
        fsync();
        assertThat(answers)
                .containsExactlyInAnyOrder(
                        "a all KAFKA_STORAGE_ERROR",
                        "a one KAFKA_STORAGE_ERROR",
                        "b all KAFKA_STORAGE_ERROR",
                        "b one KAFKA_STORAGE_ERROR");
        assertThat(highWatermark()).isZero();
        assertThat(broker.on("t", 0, Partition::isOffline)).isTrue();
        assertThat(broker.append("t", 0, "c").error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(fsyncs).isEmpty();
    }

    @Test
    void aPartitionThatIsDeletedDuringAFlushAnswersAndForgetsIt() {
        topic(1);
        append("a");
        broker.delete("t");
        assertThat(answers)
                .containsExactlyInAnyOrder("a all UNKNOWN_TOPIC_OR_PARTITION", "a one UNKNOWN_TOPIC_OR_PARTITION");
        fsync();
        assertThat(fsyncs).isEmpty();
    }
}
