/** Threads that own things, their timers, and the one thread for work that blocks. */
package dev.embeddedbroker.loop;
