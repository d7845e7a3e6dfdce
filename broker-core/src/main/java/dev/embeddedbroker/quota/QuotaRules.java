package dev.embeddedbroker.quota;

import dev.embeddedbroker.metadata.ImageDelta;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has which quota, and whose use is measured together.
 *
 * <p>Any thread may ask; {@link #follow} is called on loop 0.
 */
public interface QuotaRules {

    /** The tag that names a user in {@link #tags}; empty if use is not told by users. */
    String USER = "user";

    /** The tag that names a client in {@link #tags}; empty if use is not told by clients. */
    String CLIENT_ID = "client-id";

    /** Whether anybody has a quota of the kind, so that use has to be measured. */
    boolean hasAny(QuotaKind kind);

    /**
     * What use is told apart by: clients with the same tags share one quota.
     *
     * @param principal type and name, as {@code User:alice}
     */
    Map<String, String> tags(QuotaKind kind, String principal, String clientId);

    /** The quota of those who share tags; null if they have none. */
    @Nullable
    Double limit(QuotaKind kind, Map<String, String> tags);

    /** Whether limits given earlier hold no more; asked once for each measurement. */
    boolean isResetRequired(QuotaKind kind);

    /** Takes the cluster's change in; says whether limits given earlier may hold no more. */
    boolean follow(ImageDelta delta);
}
