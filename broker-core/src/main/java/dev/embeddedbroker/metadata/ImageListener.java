package dev.embeddedbroker.metadata;

/** Someone who must act on a new image before the command that caused it is answered. */
@FunctionalInterface
public interface ImageListener {

    /**
     * Runs on loop 0, after {@code image} became visible to {@link MetadataView}. The listener runs {@code done}, from
     * any thread and exactly once, when what the image says holds (say: the logs of its new partitions accept
     * records). Images come in order, the next one only after every listener was done with this one.
     */
    void onImage(ImageDelta delta, ClusterImage image, Runnable done);
}
