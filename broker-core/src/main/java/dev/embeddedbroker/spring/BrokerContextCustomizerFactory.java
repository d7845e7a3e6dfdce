package dev.embeddedbroker.spring;

import dev.embeddedbroker.junit.WithBroker;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** What Spring asks whether a test's context wants a broker: it does if {@link WithBroker} is on the class or around it. */
final class BrokerContextCustomizerFactory implements ContextCustomizerFactory {
    /** For Spring, by its name in {@code META-INF/spring.factories}. */
    BrokerContextCustomizerFactory() {}

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configuration) {
        var annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass, WithBroker.class);
        return annotation == null ? null : BrokerContextCustomizer.by(annotation, testClass);
    }
}
