package dev.embeddedbroker.loop;

/** What the threads of a broker share. */
public final class Threads {

    private Threads() {}

    /** Waits until {@code thread} has ended; an interrupt is kept for the caller to see afterwards. */
    public static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
