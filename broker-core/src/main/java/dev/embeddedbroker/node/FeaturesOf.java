package dev.embeddedbroker.node;

import dev.embeddedbroker.api.Features;
import dev.embeddedbroker.metadata.MetadataView;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The cluster's features as ApiVersions tells them. */
final class FeaturesOf implements Supplier<Features> {
    private final MetadataView metadata;
    private final Map<String, Features.Range> supported = new HashMap<>();

    FeaturesOf(MetadataView metadata) {
        this.metadata = metadata;
        for (var feature : dev.embeddedbroker.metadata.Features.supported().entrySet()) {
            var range = feature.getValue();
            supported.put(feature.getKey(), new Features.Range(range.min(), range.max()));
        }
    }

    @Override
    public Features get() {
        var image = metadata.image();
        return new Features(supported, image.features(), image.offset());
    }
}
