package dev.embeddedbroker.spring;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.Wanted;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts a context's broker as the first thing of its refresh, before conditions are evaluated and beans are made, and
 * makes it a bean and its address properties. As the first disposable bean it is closed after all others, also if the
 * refresh fails.
 *
 * <p>A context whose parent has a broker uses that one. Where Spring only generates code ahead of time no broker is
 * started; the properties are there, since conditions may ask for them.
 *
 * <p><b>Owner:</b> the thread that refreshes the context.
 */
final class BrokerRegistrar implements BeanDefinitionRegistryPostProcessor {
    private static final String BEAN = "embeddedBroker";
    /** What stands for an address in code generation, where nothing connects. */
    private static final String NOWHERE = "embedded-broker.invalid:9092";

    /** Spring Boot's; of these the specific ones would win over the general one if the application has set them. */
    private static final String[] ADDRESS_PROPERTIES = {
        "spring.kafka.bootstrap-servers",
        "spring.kafka.consumer.bootstrap-servers",
        "spring.kafka.producer.bootstrap-servers",
        "spring.kafka.streams.bootstrap-servers",
        // under which spring-kafka-test publishes its broker
        "spring.embedded.kafka.brokers",
    };

    private final ConfigurableApplicationContext context;
    private final Wanted wanted;

    BrokerRegistrar(ConfigurableApplicationContext context, Wanted wanted) {
        this.context = context;
        this.wanted = wanted;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            addProperties(() -> NOWHERE);
            return;
        }
        var inherited = brokerOfParent();
        if (inherited == null) {
            var broker = wanted.builder(context.getEnvironment()::resolveRequiredPlaceholders)
                    .build();
            var beans = (DefaultSingletonBeanRegistry) context.getBeanFactory();
            beans.registerDisposableBean(BEAN, broker::close);
            broker.start();
            beans.registerSingleton(BEAN, broker);
            addProperties(broker::bootstrapServers);
        } else {
            addProperties(inherited::bootstrapServers);
        }
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        // all is done earlier
    }

    private @Nullable EmbeddedBroker brokerOfParent() {
        var parent = context.getParent();
        return parent == null
                ? null
                : parent.getBeanProvider(EmbeddedBroker.class).getIfAvailable();
    }

    private void addProperties(Supplier<String> address) {
        Map<String, Object> addresses = new LinkedHashMap<>();
        for (String property : ADDRESS_PROPERTIES) {
            addresses.put(property, address.get());
        }
        var sources = context.getEnvironment().getPropertySources();
        sources.addFirst(new MapPropertySource("embeddedBroker", addresses));
        // weaker than all that the application says: a listener must not miss what was sent while it joined its group
        sources.addLast(new MapPropertySource(
                "embeddedBrokerDefaults", Map.of("spring.kafka.consumer.auto-offset-reset", "earliest")));
    }
}
