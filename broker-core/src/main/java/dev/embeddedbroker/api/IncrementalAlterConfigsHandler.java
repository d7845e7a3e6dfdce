package dev.embeddedbroker.api;

import dev.embeddedbroker.api.ConfigAlteration.Step;
import dev.embeddedbroker.api.ConfigAlteration.Wanted;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.metadata.ConfigChange;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.IncrementalAlterConfigsRequest;
import dev.embeddedbroker.protocol.response.IncrementalAlterConfigsResponse;
import dev.embeddedbroker.protocol.response.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * IncrementalAlterConfigs (key 44), versions 0–1: sets, deletes, appends to and subtracts from settings of topics, brokers,
 * groups and client metrics subscriptions (KIP-339). Each resource changes as a whole or not at all.
 *
 * <p>A resource or a setting that comes twice is INVALID_REQUEST, and so is whatever does not fit a broker's setting; what
 * does not fit another's is INVALID_CONFIG. A broker's settings are in force when the answer comes.
 */
public final class IncrementalAlterConfigsHandler
        extends AlteringHandler<IncrementalAlterConfigsRequest, List<ConfigChange>> {
    private final ControllerClient controller;

    public IncrementalAlterConfigsHandler(
            ControllerClient controller, MetadataView metadata, LiveConfig config, int nodeId) {
        super(new ConfigAlteration(metadata, config, nodeId), true);
        this.controller = controller;
    }

    @Override
    List<Wanted> wanted(IncrementalAlterConfigsRequest request) {
        var all = new ArrayList<Wanted>();
        for (var resource : request.resources) {
            var steps = new ArrayList<Step>();
            for (var setting : resource.configs) {
                steps.add(new Step(setting.name, setting.configOperation, setting.value));
            }
            all.add(new Wanted(resource.resourceType, resource.resourceName, steps));
        }
        return all;
    }

    @Override
    List<ConfigChange> change(Wanted wanted) {
        return wanted.steps().stream().map(ConfigAlteration::change).toList();
    }

    @Override
    CompletableFuture<Map<ConfigResource, Result>> tell(
            Map<ConfigResource, List<ConfigChange>> changes, IncrementalAlterConfigsRequest request) {
        return controller.incrementalAlterConfigs(changes, request.validateOnly);
    }

    @Override
    Response response(List<Answered> answers) {
        var response = new IncrementalAlterConfigsResponse();
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
