package dev.embeddedbroker.loop;

/** A task a loop will run once its delay is over. <b>Owner:</b> the loop it was scheduled on. */
public interface Timer {

    /** Makes the task never run; no effect when it ran already or was cancelled. Inside the loop only. */
    void cancel();
}
