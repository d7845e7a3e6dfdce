package dev.embeddedbroker.api;

import dev.embeddedbroker.api.ConfigAlteration.Step;
import dev.embeddedbroker.api.ConfigAlteration.Wanted;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.AlterConfigsRequest;
import dev.embeddedbroker.protocol.response.AlterConfigsResponse;
import dev.embeddedbroker.protocol.response.AlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AlterConfigs (key 33), versions 0–2: replaces all overrides of each resource; what the request leaves out is deleted
 * (KIP-133). Errors as of IncrementalAlterConfigs; there are no loggers here.
 */
public final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequest> {
    private final ControllerClient controller;
    private final ConfigAlteration alteration;

    public AlterConfigsHandler(ControllerClient controller, MetadataView metadata, LiveConfig config, int nodeId) {
        this.controller = controller;
        this.alteration = new ConfigAlteration(metadata, config, nodeId);
    }

    @Override
    public void handle(RequestContext context, AlterConfigsRequest request) {
        var all = wanted(request);
        var refusals = alteration.refusals(all, false);
        var overrides = overrides(all, refusals);
        if (overrides.isEmpty()) {
            context.reply(response(all, refusals, Map.of()));
            return;
        }
        ControllerAnswers.await(
                controller.alterConfigs(overrides, request.validateOnly),
                this,
                context,
                request,
                results -> context.reply(response(all, refusals, results)));
    }

    private static List<Wanted> wanted(AlterConfigsRequest request) {
        var all = new ArrayList<Wanted>();
        for (var resource : request.resources) {
            var steps = new ArrayList<Step>();
            for (var setting : resource.configs) {
                steps.add(new Step(setting.name, Step.SET, setting.value));
            }
            all.add(new Wanted(resource.resourceType, resource.resourceName, steps));
        }
        return all;
    }

    private static Map<ConfigResource, Map<String, @Nullable String>> overrides(
            List<Wanted> all, List<@Nullable Result> refusals) {
        var overrides = new LinkedHashMap<ConfigResource, Map<String, @Nullable String>>();
        for (int i = 0; i < all.size(); i++) {
            if (refusals.get(i) == null) {
                var values = new LinkedHashMap<String, @Nullable String>();
                for (Step step : all.get(i).steps()) {
                    values.put(step.name(), step.value());
                }
                overrides.put(all.get(i).resource(), values);
            }
        }
        return overrides;
    }

    private static AlterConfigsResponse response(
            List<Wanted> all, List<@Nullable Result> refusals, Map<ConfigResource, Result> results) {
        var response = new AlterConfigsResponse();
        for (int i = 0; i < all.size(); i++) {
            Wanted wanted = all.get(i);
            response.responses.add(answer(wanted, ConfigAlteration.resultOf(wanted, refusals.get(i), results)));
        }
        return response;
    }

    private static AlterConfigsResourceResponse answer(Wanted wanted, Result result) {
        return new AlterConfigsResourceResponse()
                .setResourceType(wanted.type())
                .setResourceName(wanted.name())
                .setErrorCode(result.error().id())
                .setErrorMessage(result.message());
    }

    @Override
    public AlterConfigsResponse refuse(
            AlterConfigsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new AlterConfigsResponse();
        for (Wanted wanted : wanted(request)) {
            response.responses.add(answer(wanted, Result.refused(error, message)));
        }
        return response;
    }
}
