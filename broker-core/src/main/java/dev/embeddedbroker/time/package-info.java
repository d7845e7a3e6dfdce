/** The clock every part of a broker is given. */
package dev.embeddedbroker.time;
