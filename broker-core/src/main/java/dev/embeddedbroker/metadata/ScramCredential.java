package dev.embeddedbroker.metadata;

/**
 * What proves a user's password by one mechanism (RFC 5802) and does not tell it: compared and stored, never shown.
 *
 * @param mechanism 1 SCRAM-SHA-256, 2 SCRAM-SHA-512
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares credentials
public record ScramCredential(byte mechanism, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {

    @Override
    public String toString() {
        return "ScramCredential(mechanism " + mechanism + ", " + iterations + " iterations)";
    }
}
