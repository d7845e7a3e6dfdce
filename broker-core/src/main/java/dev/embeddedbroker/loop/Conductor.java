package dev.embeddedbroker.loop;

import java.util.List;

/** Who moves the clock that a broker's loops go by, and sees to it that what is due happens. */
public interface Conductor {

    /** Counts what the loops and threads of the broker are handed. */
    WorkCount work();

    /** The loops run, and their timers are fired by this conductor from now on. */
    void conduct(List<? extends SteppedLoop> loops);

    /** The loops are about to end. When it returns, they are not touched any more. */
    void dismiss();
}
