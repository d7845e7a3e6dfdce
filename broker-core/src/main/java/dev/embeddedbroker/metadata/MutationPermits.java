package dev.embeddedbroker.metadata;

import dev.embeddedbroker.time.Moment;

/** What a request may still change, counted in partitions created and deleted (KIP-599). Asked on loop 0. */
@FunctionalInterface
public interface MutationPermits {

    /** For who has no quota. */
    MutationPermits UNLIMITED = (partitions, now) -> true;

    /** Takes permits for so many partitions; false if there are none, and the change is to be refused. */
    boolean take(int partitions, Moment now);
}
