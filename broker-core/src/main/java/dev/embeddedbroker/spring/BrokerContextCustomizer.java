package dev.embeddedbroker.spring;

import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.Wanted;
import dev.embeddedbroker.junit.WithBroker;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Gives a test's context its broker. Part of the key of Spring's context cache: test classes that ask for equal brokers, and
 * are equal otherwise, share one context and its broker.
 */
record BrokerContextCustomizer(Wanted wanted) implements ContextCustomizer {
    /** @throws IllegalArgumentException if the annotation has a scope of its own */
    static BrokerContextCustomizer by(WithBroker annotation, Class<?> testClass) {
        if (annotation.scope() != BrokerScope.PER_CLASS) {
            throw new IllegalArgumentException("@WithBroker on " + testClass.getName() + " has the scope "
                    + annotation.scope() + " (expected: none on a Spring test, where a broker lives as long as its"
                    + " application context; @DirtiesContext ends both)");
        }
        return new BrokerContextCustomizer(Wanted.by(annotation));
    }

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        context.addBeanFactoryPostProcessor(new BrokerRegistrar(context, wanted));
    }
}
