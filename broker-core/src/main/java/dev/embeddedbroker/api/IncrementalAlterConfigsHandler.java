package dev.embeddedbroker.api;

import dev.embeddedbroker.api.ConfigAlteration.Step;
import dev.embeddedbroker.api.ConfigAlteration.Wanted;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.metadata.ConfigChange;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.IncrementalAlterConfigsRequest;
import dev.embeddedbroker.protocol.response.IncrementalAlterConfigsResponse;
import dev.embeddedbroker.protocol.response.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * IncrementalAlterConfigs (key 44), versions 0–1: sets, deletes, appends to and subtracts from settings of topics, brokers,
 * groups and client metrics subscriptions (KIP-339). Each resource changes as a whole or not at all.
 *
 * <p>A resource or a setting that comes twice is INVALID_REQUEST, and so is whatever does not fit a broker's setting; what
 * does not fit another's is INVALID_CONFIG. A broker's settings are in force when the answer comes.
 */
public final class IncrementalAlterConfigsHandler implements ApiHandler<IncrementalAlterConfigsRequest> {
    private final ControllerClient controller;
    private final ConfigAlteration alteration;

    public IncrementalAlterConfigsHandler(
            ControllerClient controller, MetadataView metadata, LiveConfig config, int nodeId) {
        this.controller = controller;
        this.alteration = new ConfigAlteration(metadata, config, nodeId);
    }

    @Override
    public void handle(RequestContext context, IncrementalAlterConfigsRequest request) {
        var all = wanted(request);
        var refusals = alteration.refusals(all, true);
        var changes = changes(all, refusals);
        if (changes.isEmpty()) {
            context.reply(response(all, refusals, Map.of()));
            return;
        }
        ControllerAnswers.await(
                controller.incrementalAlterConfigs(changes, request.validateOnly),
                this,
                context,
                request,
                results -> context.reply(response(all, refusals, results)));
    }

    private static List<Wanted> wanted(IncrementalAlterConfigsRequest request) {
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

    private static Map<ConfigResource, List<ConfigChange>> changes(List<Wanted> all, List<@Nullable Result> refusals) {
        var changes = new LinkedHashMap<ConfigResource, List<ConfigChange>>();
        for (int i = 0; i < all.size(); i++) {
            if (refusals.get(i) == null) {
                var steps = all.get(i).steps().stream()
                        .map(ConfigAlteration::change)
                        .toList();
                changes.put(all.get(i).resource(), steps);
            }
        }
        return changes;
    }

    private static IncrementalAlterConfigsResponse response(
            List<Wanted> all, List<@Nullable Result> refusals, Map<ConfigResource, Result> results) {
        var response = new IncrementalAlterConfigsResponse();
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
    public IncrementalAlterConfigsResponse refuse(
            IncrementalAlterConfigsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new IncrementalAlterConfigsResponse();
        for (Wanted wanted : wanted(request)) {
            response.responses.add(answer(wanted, Result.refused(error, message)));
        }
        return response;
    }
}
