package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.protocol.ErrorCode;

/** An answer to a member that waits as long as its group is at rest. It is told one of these things, once, on any thread. */
public interface HeldAnswer {

    /** The group is at rest no more: what is there to tell the member? */
    void lookAgain();

    /** The group is not coordinated here any more, for this reason. */
    void resigned(ErrorCode error);
}
