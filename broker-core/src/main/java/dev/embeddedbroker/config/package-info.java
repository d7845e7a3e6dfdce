/** All settings under Kafka's names, what they are set to, and the rules for changing them. */
@NullMarked
package dev.embeddedbroker.config;

import org.jspecify.annotations.NullMarked;
