package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** Where the broker of a Spring test is found: it is a bean of the test's application context. */
final class SpringContexts {
    private SpringContexts() {}

    /** Whether Spring runs this test, or the one it is nested in. Needs no Spring to be there. */
    static boolean isSpringTest(ExtensionContext context) {
        for (Class<?> type = context.getTestClass().orElse(null); type != null; type = type.getEnclosingClass()) {
            for (var extensions : AnnotationSupport.findRepeatableAnnotations(type, ExtendWith.class)) {
                if (Arrays.stream(extensions.value()).anyMatch(SpringContexts::isSpring)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSpring(Class<?> extension) {
        return extension.getName().equals("org.springframework.test.context.junit.jupiter.SpringExtension");
    }

    /** The broker of the test's application context, which is loaded if it is not yet. */
    static EmbeddedBroker broker(ExtensionContext context) {
        return Optional.ofNullable(SpringExtension.getApplicationContext(context)
                        .getBeanProvider(EmbeddedBroker.class)
                        .getIfAvailable())
                .orElseThrow(() -> new IllegalStateException("the application context of " + context.getDisplayName()
                        + " has no EmbeddedBroker (expected: @WithBroker on the test class, or on one around it)"));
    }

    /**
     * Closes a client when Spring begins to close the test's application context, if that happens first: without its broker
     * it would try for half a minute to take its leave. What is returned closes it otherwise.
     */
    static AutoCloseable closedBeforeBroker(ExtensionContext context, AutoCloseable client) {
        var spring = (ConfigurableApplicationContext) SpringExtension.getApplicationContext(context);
        ApplicationListener<ContextClosedEvent> listener = closing -> close(client);
        spring.addApplicationListener(listener);
        return () -> {
            spring.removeApplicationListener(listener);
            client.close();
        };
    }

    private static void close(AutoCloseable client) {
        try {
            client.close();
        } catch (Exception e) {
            throw new IllegalStateException("could not close " + client, e);
        }
    }
}
