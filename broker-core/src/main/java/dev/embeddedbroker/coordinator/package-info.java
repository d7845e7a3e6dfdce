/**
 * The contract of a machine: state that is a log. A machine decides what a command changes and what it answers, as plain
 * data; a host (package {@code host}) joins it to a loop, a partition's log and timers. Nothing in this package, nor in
 * the machines' packages below it, knows a loop, a partition, a socket, a lock or a clock.
 */
@NullMarked
package dev.embeddedbroker.coordinator;

import org.jspecify.annotations.NullMarked;
