/** What the broker answers: the table of API keys, the contract of a handler, and one handler per key. */
package dev.embeddedbroker.api;
