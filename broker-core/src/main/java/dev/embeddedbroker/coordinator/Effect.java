package dev.embeddedbroker.coordinator;

/**
 * Something a machine wants done that is neither an event nor an answer: write markers, create topics, resolve a regular
 * expression. It is plain data, is carried out after the outcome's events were applied, and its result comes back as a
 * command. Each machine defines its own.
 */
public interface Effect {}
