/** The record batch, Kafka's unit of writing, in its format of 2017 (magic 2): layout, reading, building, checking. */
package dev.embeddedbroker.storage.batch;
