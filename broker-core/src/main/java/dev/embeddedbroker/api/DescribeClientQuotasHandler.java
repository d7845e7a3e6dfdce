package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.QuotaEntity;
import dev.embeddedbroker.metadata.Result;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.DescribeClientQuotasRequest;
import dev.embeddedbroker.protocol.request.DescribeClientQuotasRequest.ComponentData;
import dev.embeddedbroker.protocol.response.DescribeClientQuotasResponse;
import dev.embeddedbroker.protocol.response.DescribeClientQuotasResponse.EntityData;
import dev.embeddedbroker.protocol.response.DescribeClientQuotasResponse.EntryData;
import dev.embeddedbroker.protocol.response.DescribeClientQuotasResponse.ValueData;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * DescribeClientQuotas (key 48), versions 0–1: the quotas of the entities that have all the parts asked for and, if the
 * request is strict, no others (KIP-546).
 *
 * <p>A filter that makes no sense is INVALID_REQUEST, a type of entity that is not known UNSUPPORTED_VERSION.
 */
public final class DescribeClientQuotasHandler implements ApiHandler<DescribeClientQuotasRequest> {
    private static final Set<String> TYPES = Set.of(QuotaEntity.USER, QuotaEntity.CLIENT_ID, QuotaEntity.IP);
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private final MetadataView metadata;

    public DescribeClientQuotasHandler(MetadataView metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, DescribeClientQuotasRequest request) {
        var refusal = refusal(request.components);
        if (refusal != null) {
            context.reply(refuse(request, context.version(), refusal.error(), refusal.message()));
            return;
        }
        var response = new DescribeClientQuotasResponse().setErrorMessage(null);
        metadata.image().quotas().forEach((entity, quotas) -> {
            if (matches(entity, request)) {
                response.entries.add(entry(entity, quotas));
            }
        });
        context.reply(response);
    }

    private static @Nullable Result refusal(List<ComponentData> components) {
        var types = new HashSet<String>();
        for (var component : components) {
            var type = component.entityType;
            if (type.isEmpty()) {
                return invalid("Invalid empty entity type.");
            }
            if (!types.add(type)) {
                return invalid("Entity type " + type + " cannot appear more than once in the filter.");
            }
            if (!TYPES.contains(type)) {
                return Result.refused(ErrorCode.UNSUPPORTED_VERSION, "Unsupported entity type " + type);
            }
            if (component.matchType < EXACT || component.matchType > ANY) {
                return invalid("Unknown match type " + component.matchType);
            }
            if (component.matchType == EXACT && component.match == null) {
                return invalid("Request specified MATCH_TYPE_EXACT, but set match string to null.");
            }
            if (component.matchType != EXACT && component.match != null) {
                return invalid("Request specified MATCH_TYPE_"
                        + (component.matchType == DEFAULT ? "DEFAULT" : "SPECIFIED")
                        + ", but also specified a match string.");
            }
        }
        return types.contains(QuotaEntity.IP) && types.size() > 1
                ? invalid(
                        "Invalid entity filter component combination. IP filter component should not be used with user"
                                + " or clientId filter component.")
                : null;
    }

    private static Result invalid(String message) {
        return Result.refused(ErrorCode.INVALID_REQUEST, message);
    }

    private static boolean matches(QuotaEntity entity, DescribeClientQuotasRequest request) {
        if (request.strict && entity.names().size() != request.components.size()) {
            return false;
        }
        return request.components.stream()
                .allMatch(component -> entity.names().containsKey(component.entityType)
                        && (component.matchType == ANY
                                || Objects.equals(entity.names().get(component.entityType), component.match)));
    }

    private static EntryData entry(QuotaEntity entity, Map<String, Double> quotas) {
        var entry = new EntryData();
        entity.names()
                .forEach((type, name) ->
                        entry.entity.add(new EntityData().setEntityType(type).setEntityName(name)));
        quotas.forEach(
                (quota, value) -> entry.values.add(new ValueData().setKey(quota).setValue(value)));
        return entry;
    }

    @Override
    public DescribeClientQuotasResponse refuse(
            DescribeClientQuotasRequest request, short version, ErrorCode error, @Nullable String message) {
        return new DescribeClientQuotasResponse()
                .setErrorCode(error.id())
                .setErrorMessage(message)
                .setEntries(null);
    }
}
