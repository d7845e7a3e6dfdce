package dev.embeddedbroker.storage.log;

/** Which partition a log belongs to. */
public record LogId(String topic, int partition) {

    /** The name of the log's directory. */
    public String directoryName() {
        return topic + "-" + partition;
    }

    @Override
    public String toString() {
        return directoryName();
    }
}
