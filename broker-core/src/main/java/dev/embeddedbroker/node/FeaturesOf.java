package dev.embeddedbroker.node;

import dev.embeddedbroker.api.Features;
import dev.embeddedbroker.metadata.MetadataView;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The cluster's features as ApiVersions tells them. */
final class FeaturesOf implements Supplier<Features> {
    private static final Map<String, Features.Range> SUPPORTED =
            dev.embeddedbroker.metadata.Features.supported().entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(
                            Map.Entry::getKey,
                            feature -> new Features.Range(
                                    feature.getValue().min(), feature.getValue().max())));

    private final MetadataView metadata;

    FeaturesOf(MetadataView metadata) {
        this.metadata = metadata;
    }

    @Override
    public Features get() {
        var image = metadata.image();
        return new Features(SUPPORTED, image.features(), image.offset());
    }
}
