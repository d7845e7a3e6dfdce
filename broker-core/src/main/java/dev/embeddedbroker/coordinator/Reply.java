package dev.embeddedbroker.coordinator;

/**
 * The answer to a ticket. A ticket gets exactly one.
 *
 * @param answer what the asker of this kind of command expects: mostly a response of the protocol, or a part of one
 */
public record Reply(Ticket ticket, Object answer) {}
