package dev.embeddedbroker.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A {@code String} parameter or field that is given the name of a topic of its own, made for it: tests that share a broker
 * then do not meet in a topic.
 *
 * <pre>{@code
 * @Test
 * void ordersArrive(@TestTopic(value = "orders", partitions = 3) String orders, Producer<String, String> producer) { … }
 * }</pre>
 */
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TestTopic {
    /** What the name begins with. */
    String value() default "test";

    /** How many partitions it has. */
    int partitions() default 1;
}
