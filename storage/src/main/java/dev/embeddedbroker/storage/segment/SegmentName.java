package dev.embeddedbroker.storage.segment;

import java.nio.file.Path;
import java.util.List;

/** The names of a partition's files: the base offset in 20 digits and what the file holds. */
public final class SegmentName {
    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TRANSACTION_INDEX = ".txnindex";
    public static final String PRODUCER_SNAPSHOT = ".snapshot";

    /** Awaits deletion; removed when a log is opened. */
    public static final String DELETED = ".deleted";

    /** Half-written output of a compaction or truncation; removed when a log is opened. */
    public static final String CLEANED = ".cleaned";

    /** Complete output of a compaction that was about to replace its inputs. */
    public static final String SWAP = ".swap";

    /** The files of one segment, the log first. */
    public static final List<String> FAMILY = List.of(LOG, OFFSET_INDEX, TIME_INDEX, TRANSACTION_INDEX);

    private static final int DIGITS = 20;

    private SegmentName() {}

    public static String of(long baseOffset, String suffix) {
        String digits = Long.toString(baseOffset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    public static Path in(Path directory, long baseOffset, String suffix) {
        return directory.resolve(of(baseOffset, suffix));
    }

    /** The base offset that {@code name} begins with, or −1 when it is not a name of this kind with that suffix. */
    public static long baseOffset(String name, String suffix) {
        if (!name.endsWith(suffix) || name.length() != DIGITS + suffix.length()) {
            return -1;
        }
        for (int i = 0; i < DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        try {
            return Long.parseLong(name.substring(0, DIGITS));
        } catch (NumberFormatException e) {
            return -1; // twenty digits beyond 2^63
        }
    }
}
