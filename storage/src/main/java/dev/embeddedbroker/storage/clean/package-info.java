/** What keeps logs small: retention deletes old segments, compaction keeps the newest record of each key. */
package dev.embeddedbroker.storage.clean;
