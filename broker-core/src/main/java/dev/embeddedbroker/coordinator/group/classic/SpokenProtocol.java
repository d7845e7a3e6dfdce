package dev.embeddedbroker.coordinator.group.classic;

import java.util.Arrays;

/**
 * One of the protocols a classic member can speak, with what it tells the leader when that one is chosen. The bytes are
 * never written to.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record SpokenProtocol(String name, byte[] metadata) {

    @Override
    public boolean equals(Object other) {
        return other instanceof SpokenProtocol that && name.equals(that.name) && Arrays.equals(metadata, that.metadata);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(metadata);
    }

    @Override
    public String toString() {
        return name + "#" + Arrays.hashCode(metadata);
    }
}
