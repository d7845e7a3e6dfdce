/**
 * {@code @WithBroker} on a Spring test: the broker belongs to the test's application context. Knows Spring's context and test
 * framework, which only users of this package need; Spring finds it by {@code META-INF/spring.factories}.
 */
@NullMarked
package dev.embeddedbroker.spring;

import org.jspecify.annotations.NullMarked;
