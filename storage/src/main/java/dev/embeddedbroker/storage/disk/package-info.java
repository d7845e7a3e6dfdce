/** The only door to the file system: everything storage reads or writes goes through a {@link Disk}, so a test can count, fail or cut any operation. */
@org.jspecify.annotations.NullMarked
package dev.embeddedbroker.storage.disk;
