/** What users of other brokers for tests suffer from, a test each; {@code docs/pains.md} has the list. */
@NullMarked
package dev.embeddedbroker.pains;

import org.jspecify.annotations.NullMarked;
