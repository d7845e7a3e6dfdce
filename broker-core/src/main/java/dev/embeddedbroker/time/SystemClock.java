package dev.embeddedbroker.time;

/** The machine's own clock. */
public final class SystemClock implements Clock {

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
