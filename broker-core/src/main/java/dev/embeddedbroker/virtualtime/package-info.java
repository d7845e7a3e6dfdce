/** Time that a test moves: what a test sees of it, and what moves a broker from one due time to the next. */
package dev.embeddedbroker.virtualtime;
