/**
 * The JUnit extension: a broker for a test class, a test method or a whole run, and stock clients that it injects. Knows
 * JUnit's API, which only users of this package need, and Kafka's clients only by reflection.
 */
@NullMarked
package dev.embeddedbroker.junit;

import org.jspecify.annotations.NullMarked;
