/** What a partition knows of the producers that write to it: sequences, epochs, open transactions. */
@org.jspecify.annotations.NullMarked
package dev.embeddedbroker.storage.producer;
