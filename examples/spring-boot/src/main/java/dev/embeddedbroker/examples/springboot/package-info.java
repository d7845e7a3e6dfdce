/** A shop on Spring Boot, in whose tests an order is placed and a notification goes out, over a broker in the test's process. */
@NullMarked
package dev.embeddedbroker.examples.springboot;

import org.jspecify.annotations.NullMarked;
