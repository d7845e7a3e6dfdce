package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.metadata.ScramChanges;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.AlterUserScramCredentialsRequest;
import dev.embeddedbroker.protocol.response.AlterUserScramCredentialsResponse;
import dev.embeddedbroker.protocol.response.AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AlterUserScramCredentials (key 51), version 0: gives users credentials and takes them (KIP-554). */
public final class AlterUserScramCredentialsHandler implements ApiHandler<AlterUserScramCredentialsRequest> {
    private final ControllerClient controller;

    public AlterUserScramCredentialsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, AlterUserScramCredentialsRequest request) {
        var changes = new ScramChanges(
                request.deletions.stream()
                        .map(each -> new ScramChanges.Deletion(each.name, each.mechanism))
                        .toList(),
                request.upsertions.stream()
                        .map(each -> new ScramChanges.Upsertion(
                                each.name, each.mechanism, each.iterations, each.salt, each.saltedPassword))
                        .toList());
        ControllerAnswers.await(
                controller.alterScram(changes), this, context, request, results -> context.reply(response(results)));
    }

    private static AlterUserScramCredentialsResponse response(Map<String, Result> results) {
        var response = new AlterUserScramCredentialsResponse();
        results.forEach((user, result) -> response.results.add(new AlterUserScramCredentialsResult()
                .setUser(user)
                .setErrorCode(result.error().id())
                .setErrorMessage(result.message())));
        return response;
    }

    @Override
    public AlterUserScramCredentialsResponse refuse(
            AlterUserScramCredentialsRequest request, short version, ErrorCode error, @Nullable String message) {
        var results = new LinkedHashMap<String, Result>();
        request.deletions.forEach(each -> results.put(each.name, Result.refused(error, message)));
        request.upsertions.forEach(each -> results.put(each.name, Result.refused(error, message)));
        return response(results);
    }
}
