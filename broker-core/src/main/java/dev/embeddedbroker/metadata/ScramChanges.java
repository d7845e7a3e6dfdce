package dev.embeddedbroker.metadata;

import java.util.List;

/** A wish to change credentials of users (AlterUserScramCredentials, KIP-554). */
public record ScramChanges(List<Deletion> deletions, List<Upsertion> upsertions) {

    public ScramChanges {
        deletions = List.copyOf(deletions);
        upsertions = List.copyOf(upsertions);
    }

    /** The credential of a user and mechanism is to go. */
    public record Deletion(String user, byte mechanism) {}

    /** A user gets a credential, or another one. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares wishes
    public record Upsertion(String user, byte mechanism, int iterations, byte[] salt, byte[] saltedPassword) {

        @Override
        public String toString() {
            return "Upsertion(" + user + ", mechanism " + mechanism + ")";
        }
    }
}
