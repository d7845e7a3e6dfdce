package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.DescribeUserScramCredentialsRequest;
import dev.embeddedbroker.protocol.response.DescribeUserScramCredentialsResponse;
import dev.embeddedbroker.protocol.response.DescribeUserScramCredentialsResponse.CredentialInfo;
import dev.embeddedbroker.protocol.response.DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DescribeUserScramCredentials (key 50), version 0: by which mechanisms users can prove themselves; all of them if none is
 * named. A user that is named twice is DUPLICATE_RESOURCE, one without credentials RESOURCE_NOT_FOUND (KIP-554).
 */
public final class DescribeUserScramCredentialsHandler implements ApiHandler<DescribeUserScramCredentialsRequest> {
    private final MetadataView metadata;

    public DescribeUserScramCredentialsHandler(MetadataView metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, DescribeUserScramCredentialsRequest request) {
        var image = metadata.image();
        Map<String, Integer> times = new HashMap<>(); // whose order is Kafka's
        if (request.users == null || request.users.isEmpty()) {
            image.scramUsers().forEach(user -> times.put(user, 1));
        } else {
            request.users.forEach(user -> times.merge(user.name, 1, Integer::sum));
        }
        var response = new DescribeUserScramCredentialsResponse();
        times.forEach((user, count) -> response.results.add(describe(image, user, count)));
        context.reply(response);
    }

    private static DescribeUserScramCredentialsResult describe(ClusterImage image, String user, int times) {
        var result = new DescribeUserScramCredentialsResult().setUser(user);
        if (times > 1) {
            return result.setErrorCode(ErrorCode.DUPLICATE_RESOURCE.id())
                    .setErrorMessage(
                            "Cannot describe SCRAM credentials for the same user twice in a single request: " + user);
        }
        var credentials = image.scramCredentials(user);
        if (credentials.isEmpty()) {
            return result.setErrorCode(ErrorCode.RESOURCE_NOT_FOUND.id())
                    .setErrorMessage("Attempt to describe a user credential that does not exist: " + user);
        }
        credentials.forEach((mechanism, credential) -> result.credentialInfos.add(
                new CredentialInfo().setMechanism(mechanism).setIterations(credential.iterations())));
        return result;
    }

    @Override
    public DescribeUserScramCredentialsResponse refuse(
            DescribeUserScramCredentialsRequest request, short version, ErrorCode error, @Nullable String message) {
        return new DescribeUserScramCredentialsResponse()
                .setErrorCode(error.id())
                .setErrorMessage(message);
    }
}
