package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MutationPermits;

/**
 * What a request costs its client, where its handler has a say in it: everything else is charged when it is answered.
 *
 * <p>Any thread, but one at a time.
 */
public interface Charge {

    /** For who has no quota. */
    Charge FREE = new Charge() {
        @Override
        public long mostToFetch() {
            return Long.MAX_VALUE;
        }

        @Override
        public int fetched(long bytes) {
            return 0;
        }

        @Override
        public MutationPermits mutations(int strictSinceVersion) {
            return MutationPermits.UNLIMITED;
        }

        @Override
        public void waive() {
            // nothing is charged anyway
        }
    };

    /** The most bytes of records that the client can be given without being throttled for sure. */
    long mostToFetch();

    /**
     * Charges an answer to Fetch.
     *
     * @param bytes the size of the whole answer
     * @return for how many ms the client is throttled: then its answer must be empty, and costs it no bytes; 0 if it is not
     */
    int fetched(long bytes);

    /**
     * The permits for what the request changes in the cluster (KIP-599).
     *
     * @param strictSinceVersion the first version of the request whose clients know THROTTLING_QUOTA_EXCEEDED
     */
    MutationPermits mutations(int strictSinceVersion);

    /** The request is a broker's, and costs nothing. */
    void waive();
}
