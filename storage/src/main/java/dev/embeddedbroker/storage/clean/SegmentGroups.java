package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.clean.CompactionPlan.Input;
import java.util.ArrayList;
import java.util.List;

/** Which segments become one: neighbours, as many as surely fit into one by bytes, index bytes and range of offsets. */
final class SegmentGroups {
    private SegmentGroups() {}

    static List<List<Input>> of(List<Input> inputs, int maxBytes, int maxIndexBytes, long firstUncleanableOffset) {
        List<List<Input>> groups = new ArrayList<>();
        int from = 0;
        while (from < inputs.size()) {
            int to = endOfGroup(inputs, from, maxBytes, maxIndexBytes, firstUncleanableOffset);
            groups.add(inputs.subList(from, to));
            from = to;
        }
        return groups;
    }

    private static int endOfGroup(List<Input> inputs, int from, int maxBytes, int maxIndexBytes, long uncleanable) {
        Input first = inputs.get(from);
        long bytes = first.sizeBytes();
        long offsetIndexBytes = first.offsetIndexBytes();
        long timeIndexBytes = first.timeIndexBytes();
        int to = from + 1;
        for (; to < inputs.size(); to++) {
            Input next = inputs.get(to);
            bytes += next.sizeBytes();
            offsetIndexBytes += next.offsetIndexBytes();
            timeIndexBytes += next.timeIndexBytes();
            long lastOffset = (to + 1 < inputs.size() ? inputs.get(to + 1).baseOffset() : uncleanable) - 1;
            boolean inRange = next.sizeBytes() == 0 || lastOffset - first.baseOffset() <= Integer.MAX_VALUE;
            if (bytes > maxBytes || offsetIndexBytes > maxIndexBytes || timeIndexBytes > maxIndexBytes || !inRange) {
                break;
            }
        }
        return to;
    }
}
