package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;

/** Clients that look for a group's coordinator to ask something of the group: nobody need wait for them to join it. */
final class Askers {

    private Askers() {}

    static void note(GroupCoordinators coordinators, RequestContext context) {
        String client = Arrivals.client(context.connection().clientHost(), context.clientId());
        coordinators.arrivals().joins(client, context.clock().pacing().nanos());
    }
}
