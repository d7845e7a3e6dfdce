package dev.embeddedbroker.metadata;

import static dev.embeddedbroker.protocol.ErrorCode.DUPLICATE_RESOURCE;
import static dev.embeddedbroker.protocol.ErrorCode.RESOURCE_NOT_FOUND;
import static dev.embeddedbroker.protocol.ErrorCode.UNACCEPTABLE_CREDENTIAL;
import static dev.embeddedbroker.protocol.ErrorCode.UNKNOWN_SERVER_ERROR;
import static dev.embeddedbroker.protocol.ErrorCode.UNSUPPORTED_SASL_MECHANISM;
import static dev.embeddedbroker.protocol.ErrorCode.UNSUPPORTED_VERSION;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.RemoveUserScramCredentialRecord;
import dev.embeddedbroker.protocol.record.metadata.UserScramCredentialRecord;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Changing the SCRAM credentials of users: each user is decided on its own, and named once in a request (KIP-554). */
final class ScramDecisions {

    private static final int FEWEST_ITERATIONS = 4_096;
    private static final int MOST_ITERATIONS = 16_384;
    /** 3.5-IV2. */
    private static final int FIRST_METADATA_VERSION = 11;

    private static final Map<Byte, String> HASHES = Map.of((byte) 1, "SHA-256", (byte) 2, "SHA-512");

    private final ClusterImage image;
    private final Map<String, Message> removed = new HashMap<>();
    private final Map<String, Message> put = new HashMap<>();
    private final Map<String, Result> refused = new HashMap<>();

    ScramDecisions(ClusterImage image) {
        this.image = image;
    }

    /** An answer per user: first who loses a credential, then who gets one, then the refused, as Kafka has it. */
    Map<String, Result> alter(ScramChanges changes, List<Message> records) {
        for (var deletion : changes.deletions()) {
            decide(deletion.user(), deletion.mechanism(), removed, () -> {
                checkExists(deletion);
                return new RemoveUserScramCredentialRecord()
                        .setName(deletion.user())
                        .setMechanism(deletion.mechanism());
            });
        }
        for (var upsertion : changes.upsertions()) {
            decide(upsertion.user(), upsertion.mechanism(), put, () -> {
                checkIterations(upsertion.iterations());
                return record(upsertion);
            });
        }
        var results = new LinkedHashMap<String, Result>();
        for (var written : List.of(removed, put)) {
            written.forEach((user, record) -> {
                records.add(record);
                results.put(user, Result.OK);
            });
        }
        results.putAll(refused);
        return results;
    }

    private interface Change {
        Message record() throws Refusal;
    }

    /** The first refusal of a user stays; a second wish spoils the first. */
    private void decide(String user, byte mechanism, Map<String, Message> decided, Change change) {
        if (refused.containsKey(user)) return;
        try {
            if (removed.remove(user) != null || put.remove(user) != null) {
                throw new Refusal(DUPLICATE_RESOURCE, "A user credential cannot be altered twice in the same request");
            }
            checkUser(user, mechanism);
            decided.put(user, change.record());
        } catch (Refusal refusal) {
            refused.put(user, refusal.result());
        }
    }

    private void checkUser(String user, byte mechanism) throws Refusal {
        if (image.feature(Features.METADATA_VERSION) < FIRST_METADATA_VERSION) {
            throw new Refusal(UNSUPPORTED_VERSION, "The current metadata.version does not support SCRAM");
        }
        if (user.isEmpty()) throw new Refusal(UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
        if (!HASHES.containsKey(mechanism)) {
            throw new Refusal(UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
        }
    }

    private void checkExists(ScramChanges.Deletion deletion) throws Refusal {
        if (!image.scramCredentials(deletion.user()).containsKey(deletion.mechanism())) {
            throw new Refusal(RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist");
        }
    }

    private static void checkIterations(int iterations) throws Refusal {
        if (iterations < FEWEST_ITERATIONS) throw new Refusal(UNACCEPTABLE_CREDENTIAL, "Too few iterations");
        if (iterations > MOST_ITERATIONS) throw new Refusal(UNACCEPTABLE_CREDENTIAL, "Too many iterations");
    }

    private static Message record(ScramChanges.Upsertion upsertion) throws Refusal {
        // Kafka fails on an empty password too
        if (upsertion.saltedPassword().length == 0) throw new Refusal(UNKNOWN_SERVER_ERROR, null);
        var hash = HASHES.getOrDefault(upsertion.mechanism(), "");
        try {
            byte[] clientKey = keyed(hash, upsertion.saltedPassword(), "Client Key");
            return new UserScramCredentialRecord()
                    .setName(upsertion.user())
                    .setMechanism(upsertion.mechanism())
                    .setSalt(upsertion.salt())
                    .setStoredKey(MessageDigest.getInstance(hash).digest(clientKey))
                    .setServerKey(keyed(hash, upsertion.saltedPassword(), "Server Key"))
                    .setIterations(upsertion.iterations());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + hash, e);
        }
    }

    private static byte[] keyed(String hash, byte[] key, String text) throws GeneralSecurityException {
        var algorithm = "Hmac" + hash.replace("-", "");
        var mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
