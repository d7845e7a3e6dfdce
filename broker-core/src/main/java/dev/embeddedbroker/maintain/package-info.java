/**
 * What is done to logs besides appending and reading, in the background and on demand: retention, compaction, flushing,
 * checkpoints, expiry of producer ids.
 */
package dev.embeddedbroker.maintain;
