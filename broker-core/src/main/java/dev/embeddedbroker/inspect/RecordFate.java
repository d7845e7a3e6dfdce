package dev.embeddedbroker.inspect;

/** What became of the transaction a record was written in. */
public enum RecordFate {
    /** It was committed, or the record was written outside of any: every consumer gets it. */
    COMMITTED,
    /** It was aborted: consumers that read uncommitted records got it, others never will. */
    ABORTED,
    /** It is neither yet. */
    OPEN
}
