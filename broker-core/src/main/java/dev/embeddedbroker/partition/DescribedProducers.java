package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.producer.ProducerState;
import java.util.List;

/** The producers that the leader of a partition remembers, or why they can't be told. */
public record DescribedProducers(ErrorCode error, List<ProducerState> producers) {}
