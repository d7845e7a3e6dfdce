package dev.embeddedbroker.storage.batch;

/** Who asks for an append, and with that, how far the records are trusted. */
public enum AppendOrigin {
    /** A producer: every rule holds. */
    CLIENT,
    /** This broker, on behalf of a coordinator or the controller: several batches, control batches and any size. */
    COORDINATOR,
    /** A leader's log: offsets, epochs and timestamps stay; only the frame and the checksum are checked. */
    REPLICA
}
