package dev.embeddedbroker.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Settings of an injected stock client, {@code name=value} each, under Kafka's names; needed on fields, optional on
 * parameters.
 *
 * <p>Without them, keys and values of the type arguments {@code String}, {@code byte[]}, {@code ByteBuffer}, {@code Bytes},
 * {@code Integer}, {@code Long}, {@code Short}, {@code Float}, {@code Double}, {@code UUID} and {@code Void} are
 * (de)serialized by Kafka's own classes; other types want {@code key.serializer} and the like here. A consumer reads from
 * the earliest record on, in a group of its own that no other injected consumer is in.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ClientSettings {
    /** {@code name=value} each. */
    String[] value() default {};
}
