package dev.embeddedbroker.coordinator;

/**
 * The right to one answer: what a request that waits is to a machine. A parked JoinGroup is a ticket in a member's state,
 * not a thread. The host hands tickets out and knows whom each one answers.
 *
 * @param id unique within one host
 */
public record Ticket(long id) {}
