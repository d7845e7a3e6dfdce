/** Tests as users write them, with a broker from the JUnit extension. */
@NullMarked
package dev.embeddedbroker.examples.junit;

import org.jspecify.annotations.NullMarked;
