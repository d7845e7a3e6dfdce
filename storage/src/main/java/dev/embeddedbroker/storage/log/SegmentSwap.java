package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.segment.Segment;
import dev.embeddedbroker.storage.segment.SegmentName;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Puts the one segment that a compaction made in the place of those it was made of.
 *
 * <pre>
 * .cleaned   the output, while it is written: a crash leaves the inputs, and the output is dropped
 * .swap      all of the output is durable: a crash leaves the output, and what remains of the inputs is dropped
 * (none)     the output is a segment like any other
 * </pre>
 */
final class SegmentSwap {
    private final Disk disk;
    private final Path directory;

    SegmentSwap(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** True when the inputs still stand in the list, next to each other and before the last. */
    static boolean fits(List<Segment> segments, List<Segment> inputs) {
        int first = segments.indexOf(inputs.get(0));
        int end = first + inputs.size();
        return first >= 0
                && end < segments.size()
                && segments.subList(first, end).equals(inputs);
    }

    /** Replaces the inputs, which fit, in the list and on disk. */
    void run(List<Segment> segments, List<Segment> inputs, int mapLimitBytes, Executor reaper) {
        int first = segments.indexOf(inputs.get(0));
        long base = inputs.get(0).baseOffset();
        rename(base, SegmentName.CLEANED, SegmentName.SWAP);
        for (int i = 0; i < inputs.size(); i++) {
            segments.remove(first).discard(reaper);
        }
        rename(base, SegmentName.SWAP, "");
        Segment output = Segment.load(disk, directory, base, mapLimitBytes);
        output.setNextOffset(segments.get(first).baseOffset());
        segments.add(first, output);
    }

    private void rename(long base, String from, String to) {
        for (String suffix : SegmentName.FAMILY) {
            Path path = SegmentName.in(directory, base, suffix + from);
            if (disk.exists(path)) {
                disk.rename(path, SegmentName.in(directory, base, suffix + to));
            }
        }
    }
}
