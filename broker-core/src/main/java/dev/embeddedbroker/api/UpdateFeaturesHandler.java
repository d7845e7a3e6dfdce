package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.FeatureChange;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.UpdateFeaturesRequest;
import dev.embeddedbroker.protocol.response.UpdateFeaturesResponse;
import dev.embeddedbroker.protocol.response.UpdateFeaturesResponse.UpdatableFeatureResult;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UpdateFeatures (key 57), versions 0–2: other finalized levels of features, all of them or none (KIP-584, KIP-1022).
 *
 * <p>Any refusal is INVALID_UPDATE_VERSION for the whole request. Versions 0 and 1 also list each feature when all went
 * well. Version 0 cannot ask for a downgrade (its field for that has no effect, as in Kafka); from version 1 a request may
 * be for validation only. The timeout is not used. Not done: another {@code kraft.version} than 0.
 */
public final class UpdateFeaturesHandler implements ApiHandler<UpdateFeaturesRequest> {

    private final ControllerClient controller;

    public UpdateFeaturesHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, UpdateFeaturesRequest request) {
        var changes = new LinkedHashMap<String, FeatureChange>();
        for (var update : request.featureUpdates) {
            changes.put(
                    update.feature,
                    new FeatureChange(
                            update.feature, update.maxVersionLevel, FeatureChange.Direction.forId(update.upgradeType)));
        }
        ControllerAnswers.await(
                controller.updateFeatures(List.copyOf(changes.values()), request.validateOnly),
                this,
                context,
                request,
                result -> context.reply(response(request, context.version(), result)));
    }

    private UpdateFeaturesResponse response(UpdateFeaturesRequest request, short version, Result result) {
        if (!result.isOk()) {
            return refuse(
                    request,
                    version,
                    result.error(),
                    "The update failed for all features since the following feature had an error: " + result.message());
        }
        var response = new UpdateFeaturesResponse();
        if (version <= 1) {
            for (var update : request.featureUpdates) {
                response.results.add(new UpdatableFeatureResult().setFeature(update.feature));
            }
        }
        return response;
    }

    @Override
    public UpdateFeaturesResponse refuse(
            UpdateFeaturesRequest request, short version, ErrorCode error, @Nullable String message) {
        return new UpdateFeaturesResponse().setErrorCode(error.id()).setErrorMessage(message);
    }
}
