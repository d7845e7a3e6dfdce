/**
 * Transactions: the machine of one partition of {@code __transaction_state}, which knows each transactional id's producer,
 * its epoch, and how its transaction stands (KIP-98, KIP-360, KIP-890).
 */
@NullMarked
package dev.embeddedbroker.coordinator.txn;

import org.jspecify.annotations.NullMarked;
