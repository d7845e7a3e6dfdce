package dev.embeddedbroker.explain;

import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.Uuid;

/** A partition as a request names it: by the topic's name, or by its id (KIP-516). */
record Place(Object topic, int partition) {

    static Place of(String name, Uuid id, int partition) {
        return new Place(name.isEmpty() ? id : name, partition);
    }

    boolean isIn(TopicImage image) {
        return topic.equals(image.name()) || topic.equals(image.id());
    }
}
