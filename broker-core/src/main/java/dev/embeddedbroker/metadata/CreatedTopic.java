package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;

/**
 * What became of one {@link NewTopic}.
 *
 * @param id the topic's id, {@link Uuid#ZERO} if it was refused
 * @param partitionCount -1 if it was refused
 * @param replicationFactor -1 if it was refused
 */
public record CreatedTopic(String name, Result result, Uuid id, int partitionCount, short replicationFactor) {

    static CreatedTopic refused(String name, Result why) {
        return new CreatedTopic(name, why, Uuid.ZERO, -1, (short) -1);
    }
}
