package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.TestNode;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.request.UpdateFeaturesRequest;
import dev.embeddedbroker.protocol.request.UpdateFeaturesRequest.FeatureUpdateKey;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers are read by kafka-clients. */
class FeatureHandlersTest {

    @TempDir
    Path directory;

    @Test
    void everyVersionOfUpdateFeaturesTellsHowItWent() {
        try (var node = TestNode.started(directory, 1)) {
            var handler = new UpdateFeaturesHandler(node.controller);
            for (int version = 0; version <= 2; version++) {
                var good = ask(node, handler, version, "group.version", 1);
                assertThat(good.errorCode()).isZero();
                assertThat(good.results()).hasSize(version <= 1 ? 1 : 0);
                var bad = ask(node, handler, version, "group.version", 7);
                assertThat(bad.errorCode()).isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
                assertThat(bad.errorMessage())
                        .isEqualTo(
                                "The update failed for all features since the following feature had an error: Invalid"
                                        + " update version 7 for feature group.version. Local controller 1 only supports versions"
                                        + " 0-1");
            }
        }
    }

    private static UpdateFeaturesResponseData ask(
            TestNode node, UpdateFeaturesHandler handler, int version, String feature, int level) {
        var update = new FeatureUpdateKey().setFeature(feature).setMaxVersionLevel((short) level);
        var asked = new RecordedRequest(node.loop, ApiKey.UPDATE_FEATURES, version)
                .handledBy(handler, new UpdateFeaturesRequest().setFeatureUpdates(List.of(update)));
        node.loop.runAll();
        return asked.answer(new UpdateFeaturesResponseData());
    }
}
