package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.request.FetchRequest;

/** How much a fetch wants: it is answered with {@code minBytes}, or after {@code maxWaitMs}, and with no more than {@code maxBytes}. */
record FetchLimits(int minBytes, int maxBytes, int maxWaitMs) {

    static FetchLimits of(FetchRequest request, int fetchMaxBytes) {
        int maxBytes = Math.min(request.maxBytes, fetchMaxBytes);
        return new FetchLimits(Math.min(request.minBytes, maxBytes), maxBytes, request.maxWaitMs);
    }

    /**
     * What one loop may still read for a fetch. The first partition with records may give a batch beyond all limits; after
     * it the limits hold.
     *
     * <p><b>Owner:</b> the loop that reads.
     */
    static final class Budget {

        private int remainingBytes;
        private boolean oneBatchFree = true;

        Budget(int maxBytes) {
            this.remainingBytes = maxBytes;
        }

        int of(int partitionMaxBytes) {
            return Math.max(0, Math.min(partitionMaxBytes, remainingBytes));
        }

        boolean oneBatchFree() {
            return oneBatchFree;
        }

        void spend(int bytes) {
            if (bytes <= 0) return;
            oneBatchFree = false;
            remainingBytes = Math.max(0, remainingBytes - bytes);
        }

        /** Whether records read against another budget fit this one. */
        boolean allows(int bytes, int partitionMaxBytes) {
            return oneBatchFree || bytes <= of(partitionMaxBytes);
        }
    }
}
