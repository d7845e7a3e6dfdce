package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.QuotaChange;
import dev.embeddedbroker.metadata.QuotaEntity;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.AlterClientQuotasRequest;
import dev.embeddedbroker.protocol.response.AlterClientQuotasResponse;
import dev.embeddedbroker.protocol.response.AlterClientQuotasResponse.EntityData;
import dev.embeddedbroker.protocol.response.AlterClientQuotasResponse.EntryData;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * AlterClientQuotas (key 49), versions 0–1: quotas of users, clients and addresses, each of which is changed or refused
 * with INVALID_REQUEST as a whole (KIP-546, KIP-612). They are kept and told; not done: throttling by them.
 */
public final class AlterClientQuotasHandler implements ApiHandler<AlterClientQuotasRequest> {
    private final ControllerClient controller;

    public AlterClientQuotasHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, AlterClientQuotasRequest request) {
        var changes = request.entries.stream()
                .map(entry -> new QuotaChange(
                        entity(entry),
                        entry.ops.stream()
                                .map(op -> new QuotaChange.Step(op.key, op.remove ? null : (Double) op.value))
                                .toList()))
                .toList();
        ControllerAnswers.await(
                controller.alterQuotas(changes, request.validateOnly),
                this,
                context,
                request,
                results -> context.reply(response(results)));
    }

    private static QuotaEntity entity(AlterClientQuotasRequest.EntryData entry) {
        var names = new TreeMap<String, @Nullable String>();
        entry.entity.forEach(part -> names.put(part.entityType, part.entityName));
        return new QuotaEntity(names);
    }

    private static AlterClientQuotasResponse response(Map<QuotaEntity, Result> results) {
        var response = new AlterClientQuotasResponse();
        results.forEach((entity, result) -> {
            var entry = new EntryData().setErrorCode(result.error().id()).setErrorMessage(result.message());
            entity.names()
                    .forEach((type, name) -> entry.entity.add(
                            new EntityData().setEntityType(type).setEntityName(name)));
            response.entries.add(entry);
        });
        return response;
    }

    @Override
    public AlterClientQuotasResponse refuse(
            AlterClientQuotasRequest request, short version, ErrorCode error, @Nullable String message) {
        var results = new LinkedHashMap<QuotaEntity, Result>();
        request.entries.forEach(entry -> results.put(entity(entry), Result.refused(error, message)));
        return response(results);
    }
}
