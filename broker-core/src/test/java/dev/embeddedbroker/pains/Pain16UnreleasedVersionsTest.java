package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.WireClient;
import java.net.InetSocketAddress;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;

/**
 * Pain 16: Kafka's own test kits format the cluster at a metadata version that is not released yet and offer versions of requests
 * that may still change, so a test meets what production does not have.
 */
class Pain16UnreleasedVersionsTest {
    @Test
    void theClusterIsAtTheNewestReleasedMetadataVersion() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(admin.describeFeatures()
                            .featureMetadata()
                            .get()
                            .finalizedFeatures()
                            .get(MetadataVersion.FEATURE_NAME)
                            .maxVersionLevel())
                    .isEqualTo(MetadataVersion.latestProduction().featureLevel());
        }
    }

    @Test
    void noVersionOfARequestIsOfferedThatIsNotStable() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var client = new WireClient(new InetSocketAddress("localhost", broker.port()))) {
            short version = ApiKeys.API_VERSIONS.latestVersion(false);
            var request =
                    new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1");
            var answer = (ApiVersionsResponse) client.ask(ApiKeys.API_VERSIONS, version, 1, request);
            assertThat(answer.data().apiKeys()).isNotEmpty().allSatisfy(offered -> {
                var key = ApiKeys.forId(offered.apiKey());
                assertThat(offered.maxVersion()).as(key.name).isLessThanOrEqualTo(key.latestVersion(false));
            });
        }
    }
}
