package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Who waits for which answer of one machine. Each ticket is answered once: by the machine, or with an error when the
 * machine stops.
 *
 * <p><b>Owner:</b> the host's loop.
 */
final class Tickets {

    /** One who waits. */
    record Asker(Consumer<Object> answer, Consumer<ErrorCode> refuse) {}

    private final Map<Ticket, Asker> open = new LinkedHashMap<>();
    private long lastId;

    Ticket issue(Asker asker) {
        var ticket = new Ticket(++lastId);
        open.put(ticket, asker);
        return ticket;
    }

    void answer(Ticket ticket, Object answer) {
        take(ticket).answer().accept(answer);
    }

    void refuse(Ticket ticket, ErrorCode error) {
        take(ticket).refuse().accept(error);
    }

    /** Takes the asker of a ticket, who must then be answered. */
    Asker take(Ticket ticket) {
        var asker = open.remove(ticket);
        if (asker == null) {
            throw new IllegalStateException(ticket + " was answered already, or never issued");
        }
        return asker;
    }

    void refuseAll(ErrorCode error) {
        var all = List.copyOf(open.values());
        open.clear();
        all.forEach(asker -> asker.refuse().accept(error));
    }

    int size() {
        return open.size();
    }
}
