package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;

/** In which log directory a broker keeps its replica of a partition (KIP-858). */
public record DirectoryAssignment(Uuid topic, int partition, Uuid directory) {}
