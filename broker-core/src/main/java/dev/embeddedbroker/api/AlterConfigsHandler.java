package dev.embeddedbroker.api;

import dev.embeddedbroker.api.ConfigAlteration.Step;
import dev.embeddedbroker.api.ConfigAlteration.Wanted;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.AlterConfigsRequest;
import dev.embeddedbroker.protocol.response.AlterConfigsResponse;
import dev.embeddedbroker.protocol.response.AlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * AlterConfigs (key 33), versions 0–2: replaces all overrides of each resource; what the request leaves out is deleted
 * (KIP-133). Errors as of IncrementalAlterConfigs; there are no loggers here.
 */
public final class AlterConfigsHandler extends AlteringHandler<AlterConfigsRequest, Map<String, @Nullable String>> {
    private final ControllerClient controller;

    public AlterConfigsHandler(ControllerClient controller, MetadataView metadata, LiveConfig config, int nodeId) {
        super(new ConfigAlteration(metadata, config, nodeId), false);
        this.controller = controller;
    }

    @Override
    List<Wanted> wanted(AlterConfigsRequest request) {
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

    @Override
    Map<String, @Nullable String> change(Wanted wanted) {
        var values = new LinkedHashMap<String, @Nullable String>();
        for (Step step : wanted.steps()) {
            values.put(step.name(), step.value());
        }
        return values;
    }

    @Override
    CompletableFuture<Map<ConfigResource, Result>> tell(
            Map<ConfigResource, Map<String, @Nullable String>> changes, AlterConfigsRequest request) {
        return controller.alterConfigs(changes, request.validateOnly);
    }

    @Override
    Response response(List<Answered> answers) {
        var response = new AlterConfigsResponse();
        for (var each : answers) {
            response.responses.add(new AlterConfigsResourceResponse()
                    .setResourceType(each.wanted().type())
                    .setResourceName(each.wanted().name())
                    .setErrorCode(each.result().error().id())
                    .setErrorMessage(each.result().message()));
        }
        return response;
    }
}
