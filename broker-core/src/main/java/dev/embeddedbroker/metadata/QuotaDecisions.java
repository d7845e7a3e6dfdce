package dev.embeddedbroker.metadata;

import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REQUEST;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.metadata.ClientQuotaRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changing the quotas of clients: each entity is decided on its own, and changes as a whole or not at all (KIP-546). */
final class QuotaDecisions {

    private static final Set<String> OF_USERS_AND_CLIENTS =
            Set.of("producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate");
    private static final Set<String> OF_ADDRESSES = Set.of("connection_creation_rate");
    private static final double FRACTION = 1e-6;

    private final ClusterImage image;

    QuotaDecisions(ClusterImage image) {
        this.image = image;
    }

    Map<QuotaEntity, Result> alter(List<QuotaChange> changes, List<Message> records) {
        var results = new LinkedHashMap<QuotaEntity, Result>();
        for (var change : changes) {
            var entity = change.entity();
            try {
                // an entity is also spoiled by a quota that is named twice
                if (results.containsKey(entity) || hasRepeated(change.steps())) {
                    throw refusal("Ignoring duplicate entity " + entity);
                }
                var allowed = quotasOf(entity);
                var written = new ArrayList<Message>();
                for (var step : change.steps()) {
                    var record = recordOf(entity, step, allowed);
                    if (record != null) written.add(record);
                }
                records.addAll(written);
                results.put(entity, Result.OK);
            } catch (Refusal refusal) {
                results.put(entity, refusal.result());
            }
        }
        return results;
    }

    private static boolean hasRepeated(List<QuotaChange.Step> steps) {
        var seen = new HashSet<String>();
        return !steps.stream().allMatch(step -> seen.add(step.quota()));
    }

    /** Which quotas an entity may have, by the types it has names of. */
    private static Set<String> quotasOf(QuotaEntity entity) throws Refusal {
        if (entity.names().isEmpty()) throw refusal("Invalid empty client quota entity");
        for (var name : entity.names().entrySet()) {
            var type = name.getKey();
            if (!Set.of(QuotaEntity.USER, QuotaEntity.CLIENT_ID, QuotaEntity.IP).contains(type)) {
                throw refusal("Unhandled client quota entity type: " + type);
            }
            if ("".equals(name.getValue())) throw refusal("Empty " + type + " not supported");
        }
        if (!entity.names().containsKey(QuotaEntity.IP)) return OF_USERS_AND_CLIENTS;
        if (entity.names().size() > 1) {
            throw refusal("Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId");
        }
        var address = entity.names().get(QuotaEntity.IP);
        if (address != null && !isAddress(address)) throw refusal(address + " is not a valid IP or resolvable host.");
        return OF_ADDRESSES;
    }

    /** By its form alone: the controller does not wait for a name server. */
    private static boolean isAddress(String address) {
        if (address.indexOf(':') >= 0) {
            return address.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.');
        }
        var parts = address.split("\\.", -1);
        if (parts.length != 4) return false;
        for (var part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) return false;
            if (Integer.parseInt(part) > 255) return false;
        }
        return true;
    }

    private @Nullable Message recordOf(QuotaEntity entity, QuotaChange.Step step, Set<String> allowed) throws Refusal {
        var present = image.quotas(entity).get(step.quota());
        var value = step.value();
        if (value == null) {
            return present == null ? null : record(entity, step.quota()).setRemove(true);
        }
        check(step.quota(), value, allowed);
        return value.equals(present) ? null : record(entity, step.quota()).setValue(value);
    }

    private static void check(String quota, double value, Set<String> allowed) throws Refusal {
        if (!allowed.contains(quota)) throw refusal("Invalid configuration key " + quota);
        if (!Double.isFinite(value)) throw refusal("Quota " + quota + " must be a finite number");
        if (value <= 0) throw refusal("Quota " + quota + " must be greater than 0");
        switch (quota) {
            case "connection_creation_rate" -> {
                if (value > Integer.MAX_VALUE) {
                    throw refusal("Proposed value for " + quota + " is too large for an INT.");
                }
                checkIsWhole(quota, value);
            }
            case "producer_byte_rate", "consumer_byte_rate" -> {
                if (value > Long.MAX_VALUE) {
                    throw refusal("Proposed value for " + quota + " is too large for a LONG.");
                }
                checkIsWhole(quota, value);
            }
            default -> {
                // a percentage or a rate may be a fraction
            }
        }
    }

    private static void checkIsWhole(String quota, double value) throws Refusal {
        if (value % 1.0 > FRACTION) throw refusal(quota + " cannot be a fractional value.");
    }

    static ClientQuotaRecord record(QuotaEntity entity, String quota) {
        var names = new ArrayList<ClientQuotaRecord.EntityData>();
        entity.names()
                .forEach((type, name) -> names.add(
                        new ClientQuotaRecord.EntityData().setEntityType(type).setEntityName(name)));
        return new ClientQuotaRecord().setEntity(names).setKey(quota);
    }

    private static Refusal refusal(String message) {
        return new Refusal(INVALID_REQUEST, message);
    }
}
