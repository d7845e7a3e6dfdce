package dev.embeddedbroker.examples.quickstart;

/** What one customer wants. */
record Order(String id, String customer, String item) {}
