/**
 * AssertJ assertions on what a broker holds. Knows AssertJ, which only users of this package need.
 */
@NullMarked
package dev.embeddedbroker.assertj;

import org.jspecify.annotations.NullMarked;
