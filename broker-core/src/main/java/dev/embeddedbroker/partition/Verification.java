package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Whether a producer's transaction has to be asked about before it writes to a partition (KIP-890), or why it may not.
 *
 * @param guard to append with; 0 if the transaction is open here, so that nobody needs to be asked
 */
public record Verification(ErrorCode error, @Nullable String message, long guard) {}
