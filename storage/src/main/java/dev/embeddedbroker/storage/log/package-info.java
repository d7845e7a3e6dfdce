/** The log of a partition and the directory of logs, in Apache Kafka's own files. */
@org.jspecify.annotations.NullMarked
package dev.embeddedbroker.storage.log;
