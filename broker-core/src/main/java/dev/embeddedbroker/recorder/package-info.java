/**
 * The flight recorder: the requests and answers of the last while as bytes, and what they say as text, JSON or packets.
 */
@NullMarked
package dev.embeddedbroker.recorder;

import org.jspecify.annotations.NullMarked;
