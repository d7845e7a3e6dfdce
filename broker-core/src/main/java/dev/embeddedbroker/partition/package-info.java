/** Partitions and who may read or append them: leadership, high watermark, waiting for either, and fetch sessions. */
package dev.embeddedbroker.partition;
