/** One segment of a partition's log: the file of batches, its indexes, and the leases that keep its memory mapped. */
@org.jspecify.annotations.NullMarked
package dev.embeddedbroker.storage.segment;
