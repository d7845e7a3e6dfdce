package dev.embeddedbroker.junit;

import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * Something that JUnit closes with the context whose store it is in. JUnit 5 closes {@code CloseableResource}s only, and
 * JUnit 6 prefers {@code AutoCloseable}s, so it is both.
 */
@SuppressWarnings({"deprecation", "try"}) // deprecated since JUnit 5.13, and the only way before
final class Closing<T extends AutoCloseable> implements Store.CloseableResource, AutoCloseable {
    private final T resource;

    Closing(T resource) {
        this.resource = resource;
    }

    T resource() {
        return resource;
    }

    @Override
    public void close() throws Exception {
        resource.close();
    }
}
