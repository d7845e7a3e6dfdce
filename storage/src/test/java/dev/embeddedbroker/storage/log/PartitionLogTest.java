package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.disk.AnyDisk;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(AnyDisk.class)
class PartitionLogTest {
    private static final long NOW = 1_000_000;

    @Parameter
    AnyDisk kind;

    private Disk disk;

    @BeforeEach
    void makeDisk() {
        disk = kind.make();
    }

    @TempDir
    Path root;

    private Path dir() {
        return root.resolve("t-0");
    }

    private PartitionLog open(LogOptions options) {
        return PartitionLog.open(disk, dir(), options, NOW);
    }

    private PartitionLog openClean(LogOptions options) {
        return PartitionLog.open(disk, dir(), options, new OpenState(true, 0, 0), NOW);
    }

    @Test
    void whatIsAppendedIsReadFromAnyOffset() {
        try (PartitionLog log = open(LogOptions.DEFAULT)) {
            AppendResult first = log.append(Batches.of(5, "a", "b"), AppendOptions.client(3, NOW));
            AppendResult second = log.append(Batches.of(6, "c"), AppendOptions.client(3, NOW));

            assertThat(first.firstOffset()).isZero();
            assertThat(first.lastOffset()).isEqualTo(1);
            assertThat(second.firstOffset()).isEqualTo(2);
            assertThat(log.endOffset()).isEqualTo(3);
            assertThat(log.latestEpoch()).isEqualTo(3);
            assertThat(Batches.readAll(log, 0, 1 << 20)).containsExactly("0:a", "1:b", "2:c");
            assertThat(Batches.readAll(log, 1, 1 << 20)).containsExactly("0:a", "1:b", "2:c");
            assertThat(Batches.readAll(log, 2, 1 << 20)).containsExactly("2:c");
        }
    }

    @Test
    void readIsBoundedByOffsetAndBytes() {
        try (PartitionLog log = open(LogOptions.DEFAULT)) {
            for (int i = 0; i < 10; i++) {
                log.append(Batches.of(5, "v" + i), AppendOptions.client(0, NOW));
            }
            int one = log.read(0, 1, Integer.MAX_VALUE, true).sizeBytes();
            try (LogSlice slice = log.read(0, 5, Integer.MAX_VALUE, true)) {
                assertThat(slice.nextOffset()).isEqualTo(5);
                assertThat(slice.sizeBytes()).isEqualTo(5 * one);
            }
            try (LogSlice slice = log.read(4, 10, 2 * one + 1, true)) {
                assertThat(Batches.read(slice.bytes())).containsExactly("4:v4", "5:v5");
            }
            assertThat(log.read(4, 10, one - 1, false).isEmpty()).isTrue();
            assertThat(log.read(4, 10, one - 1, true).sizeBytes()).isEqualTo(one);
            assertThat(log.read(10, 10, 100, true).isEmpty()).isTrue();
            assertThatThrownBy(() -> log.read(11, 11, 100, true)).isInstanceOf(OffsetOutOfRange.class);
        }
    }

    @Test
    void segmentsRollAndAreReadAcross() {
        LogOptions small = LogOptions.builder().segmentBytes(300).build();
        List<String> expected = new ArrayList<>();
        try (PartitionLog log = open(small)) {
            for (int i = 0; i < 50; i++) {
                log.append(Batches.of(5, "v" + i), AppendOptions.client(0, NOW));
                expected.add(i + ":v" + i);
            }
            assertThat(log.segments()).hasSizeGreaterThan(5);
            assertThat(Batches.readAll(log, 0, 100)).isEqualTo(expected);
        }
        try (PartitionLog log = openClean(small)) {
            assertThat(log.endOffset()).isEqualTo(50);
            assertThat(Batches.readAll(log, 0, 100_000)).isEqualTo(expected);
        }
        try (PartitionLog log = open(small)) {
            assertThat(log.endOffset()).isEqualTo(50);
            assertThat(Batches.readAll(log, 0, 100_000)).isEqualTo(expected);
        }
    }

    @Test
    void deletedRecordsAreOutOfRangeAndTheirSegmentsGone() {
        LogOptions small = LogOptions.builder().segmentBytes(300).build();
        try (PartitionLog log = open(small)) {
            for (int i = 0; i < 50; i++) {
                log.append(Batches.of(5, "v" + i), AppendOptions.client(0, NOW));
            }
            int before = log.segments().size();
            log.deleteRecordsBefore(25, NOW);
            assertThat(log.startOffset()).isEqualTo(25);
            assertThat(log.segments().size()).isLessThan(before);
            assertThatThrownBy(() -> log.read(24, 50, 100, true)).isInstanceOf(OffsetOutOfRange.class);
            log.deleteRecordsBefore(50, NOW);
            assertThat(log.sizeBytes()).isZero();
            assertThat(log.append(Batches.of(5, "x"), AppendOptions.client(0, NOW))
                            .firstOffset())
                    .isEqualTo(50);
            assertThatThrownBy(() -> log.deleteRecordsBefore(60, NOW)).isInstanceOf(OffsetOutOfRange.class);
        }
    }

    @Test
    void truncationDropsTheEnd() {
        LogOptions small = LogOptions.builder().segmentBytes(300).build();
        try (PartitionLog log = open(small)) {
            for (int i = 0; i < 50; i++) {
                log.append(Batches.of(5, "v" + i), AppendOptions.client(i / 10, NOW));
            }
            log.truncateTo(33, NOW);
            assertThat(log.endOffset()).isEqualTo(33);
            assertThat(log.latestEpoch()).isEqualTo(3);
            assertThat(Batches.readAll(log, 0, 1000)).hasSize(33);
            assertThat(log.epochEnd(2)).isEqualTo(new EpochEnd(2, 30));
            assertThat(log.epochEnd(3)).isEqualTo(new EpochEnd(3, 33));
            assertThat(log.epochEnd(4)).isEqualTo(EpochEnd.UNDEFINED);
            log.append(Batches.of(5, "new"), AppendOptions.client(7, NOW));
            assertThat(Batches.readAll(log, 33, 1000)).containsExactly("33:new");
            assertThat(log.epochEnd(5)).isEqualTo(new EpochEnd(3, 33));
        }
    }

    @Test
    void abortedTransactionIsIndexed() {
        try (PartitionLog log = open(LogOptions.DEFAULT)) {
            log.append(Batches.from(9, 0, 0, true, "a"), AppendOptions.client(0, NOW));
            assertThat(log.firstUnstableOffset()).isZero();
            assertThat(log.lastStableOffset(1)).isZero();
            log.append(
                    ControlRecord.endTransactionBatch(9, (short) 0, false, 0, NOW), AppendOptions.coordinator(0, NOW));
            assertThat(log.lastStableOffset(1)).isZero();
            assertThat(log.lastStableOffset(2)).isEqualTo(2);
            assertThat(log.abortedTransactions(0, 2)).containsExactly(new AbortedTxn(9, 0, 1, 2));
        }
    }
}
