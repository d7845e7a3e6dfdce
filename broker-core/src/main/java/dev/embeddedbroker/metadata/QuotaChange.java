package dev.embeddedbroker.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Other quotas for one entity. */
public record QuotaChange(QuotaEntity entity, List<Step> steps) {

    /** One quota; a null value removes it. */
    public record Step(String quota, @Nullable Double value) {}
}
