package dev.embeddedbroker.maintain;

import dev.embeddedbroker.time.Clock;
import java.util.function.DoubleSupplier;

/**
 * How fast compactions may read and write, all loops together: {@code log.cleaner.io.max.bytes.per.second}. Who is too
 * fast pauses; the thread that did the work does other work meanwhile.
 *
 * <p><b>Owner:</b> none; thread-safe.
 */
final class CompactionPace {
    /** After so much work it is looked whether it was too fast. */
    private static final double STEP_SECONDS = 0.3;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final int LEAST_STEP_BYTES = 4096;

    private final Clock clock;
    private final DoubleSupplier bytesPerSecond;
    private long freeAtNanos;
    private boolean started;

    CompactionPace(Clock clock, DoubleSupplier bytesPerSecond) {
        this.clock = clock;
        this.bytesPerSecond = bytesPerSecond;
    }

    private boolean isUnlimited() {
        return bytesPerSecond.getAsDouble() >= Long.MAX_VALUE;
    }

    /** How many bytes are to be moved before {@link #pauseMs} is asked. */
    long stepBytes() {
        return isUnlimited()
                ? Long.MAX_VALUE
                : Math.max(LEAST_STEP_BYTES, (long) (bytesPerSecond.getAsDouble() * STEP_SECONDS));
    }

    /** How long to pause after so many bytes. */
    synchronized long pauseMs(long bytesMoved) {
        if (isUnlimited()) {
            return 0;
        }
        long now = clock.nanos();
        if (!started || freeAtNanos - now < 0) {
            freeAtNanos = now;
            started = true;
        }
        freeAtNanos += (long) (bytesMoved * NANOS_PER_SECOND / Math.max(1, bytesPerSecond.getAsDouble()));
        return (freeAtNanos - now) / NANOS_PER_MS;
    }
}
