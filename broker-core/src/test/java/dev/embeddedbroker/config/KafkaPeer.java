package dev.embeddedbroker.config;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.ConfigHelper;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.metadata.MetadataCache;
import scala.jdk.javaapi.CollectionConverters;

/** Apache Kafka's own classes that answer for settings, on a broker that was started with what ours was. */
final class KafkaPeer {
    private final Map<ConfigResource, Map<String, String>> overrides = new HashMap<>();
    final KafkaConfig config;

    KafkaPeer(Map<String, String> properties) {
        this.config = kafkaConfig(properties);
    }

    static KafkaConfig kafkaConfig(Map<String, String> properties) {
        var all = new Properties();
        all.putAll(EmbeddedDefaults.texts());
        all.put("listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL");
        all.put("controller.quorum.bootstrap.servers", "localhost:9093");
        all.putAll(properties);
        return new KafkaConfig(all, false);
    }

    KafkaPeer set(ConfigResource.Type type, String name, Map<String, String> values) {
        overrides.put(new ConfigResource(type, name), values);
        return this;
    }

    DescribeConfigsResult describe(ConfigResource.Type type, String name) {
        var helper = new ConfigHelper(cache(), config, cache());
        var request = new DescribeConfigsResource()
                .setResourceType(type.id())
                .setResourceName(name)
                .setConfigurationKeys(null);
        var requests = CollectionConverters.asScala(List.of(request)).toList();
        return CollectionConverters.asJava(helper.describeConfigs(requests, true, true))
                .get(0);
    }

    private MetadataCache cache() {
        return (MetadataCache) Proxy.newProxyInstance(
                KafkaPeer.class.getClassLoader(), new Class<?>[] {MetadataCache.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "contains" -> true;
                        case "config" -> properties((ConfigResource) arguments[0]);
                        case "topicConfig" ->
                            properties(new ConfigResource(ConfigResource.Type.TOPIC, (String) arguments[0]));
                        case "groupConfig" ->
                            properties(new ConfigResource(ConfigResource.Type.GROUP, (String) arguments[0]));
                        default -> throw new UnsupportedOperationException(method.toString());
                    };
                });
    }

    private Properties properties(ConfigResource resource) {
        var properties = new Properties();
        properties.putAll(overrides.getOrDefault(resource, Map.of()));
        return properties;
    }
}
