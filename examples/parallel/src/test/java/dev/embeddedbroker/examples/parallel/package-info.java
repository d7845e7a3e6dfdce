/** Many test classes, several at once: each with a broker of its own, or all with one. */
@NullMarked
package dev.embeddedbroker.examples.parallel;

import org.jspecify.annotations.NullMarked;
