package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.classic.SpokenProtocol;
import java.util.List;

/**
 * What sets a member apart that still speaks the classic protocol. Immutable.
 *
 * @param sessionTimeoutMs its own; members of the consumer protocol have their group's
 * @param protocols what it can speak, in its order of preference; never empty
 */
record ClassicTraits(int sessionTimeoutMs, List<SpokenProtocol> protocols) {

    ClassicTraits {
        protocols = List.copyOf(protocols);
    }

    /** The protocol it is answered in: its favourite. */
    SpokenProtocol spoken() {
        return protocols.get(0);
    }

    boolean speaks(String name) {
        return protocols.stream().anyMatch(protocol -> protocol.name().equals(name));
    }
}
