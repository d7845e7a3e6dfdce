package dev.embeddedbroker.coordinator.group.assign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Levels shares when everybody may have every partition. Each gets the whole part of the average, and those that have
 * most already get the surplus, one each: so whatever can stay where it is stays.
 */
final class EvenShares {

    private EvenShares() {}

    static void level(List<Share> shares, List<Partition> free) {
        int total = free.size() + shares.stream().mapToInt(Share::size).sum();
        int quota = total / shares.size();
        int surplus = total % shares.size();
        var fullestFirst = new ArrayList<>(shares);
        fullestFirst.sort(Comparator.comparingInt(Share::size).reversed());
        var pool = new ArrayDeque<>(free);
        for (int i = 0; i < shares.size(); i++) {
            var share = fullestFirst.get(i);
            while (share.size() > quotaOf(i, quota, surplus)) {
                pool.addLast(share.takeLast());
            }
        }
        for (int i = 0; i < shares.size(); i++) {
            var share = fullestFirst.get(i);
            while (share.size() < quotaOf(i, quota, surplus)) {
                share.add(pool.removeFirst());
            }
        }
    }

    private static int quotaOf(int rank, int quota, int surplus) {
        return rank < surplus ? quota + 1 : quota;
    }
}
