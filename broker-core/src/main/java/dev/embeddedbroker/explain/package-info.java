/** Why a consumer got nothing: what the broker knows of a group, its clients and a topic, as causes in order of likelihood. */
@NullMarked
package dev.embeddedbroker.explain;

import org.jspecify.annotations.NullMarked;
