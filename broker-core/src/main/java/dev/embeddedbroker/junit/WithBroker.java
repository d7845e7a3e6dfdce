package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class an {@link EmbeddedBroker}.
 *
 * <pre>{@code
 * @WithBroker(topics = "orders:3")
 * class OrdersTest {
 *     @Test
 *     void ordersArrive(EmbeddedBroker broker, Producer<String, String> producer, Consumer<String, String> consumer) { … }
 * }
 * }</pre>
 *
 * <p>Parameters of test and lifecycle methods and of constructors, and fields without a value that are not final, are
 * filled in if they are of type {@link EmbeddedBroker}, or of Kafka's {@code Producer}, {@code KafkaProducer}, {@code
 * Consumer}, {@code KafkaConsumer}, {@code Admin} (of the kafka-clients that the test has on its class path). Fields of
 * Kafka's types want {@link ClientSettings} on them, so that a test's own clients stay its own. What was injected is closed
 * with the scope it was injected into. A {@code String} with {@link TestTopic} gets a topic of its own. See {@link ClientSettings} for how keys and values are serialized.
 *
 * <p>A test fails, besides for its own reasons, if its broker met a bug in itself ({@link EmbeddedBroker#failure()}).
 *
 * <p>On a Spring test (of Spring Boot or of Spring alone, 6.2 or later) the broker belongs to the application context: it starts
 * before the context's beans are made and is closed after them, contexts that Spring caches keep theirs, and it is a bean.
 * Its address is the property {@code spring.kafka.bootstrap-servers}, so that Spring Boot's {@code KafkaTemplate} and
 * listeners find it. Topics and settings may have placeholders there.
 *
 * <p>Works with JUnit 5.10 and later and JUnit 6, with parallel tests, nested classes and both test instance lifecycles.
 */
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(BrokerExtension.class)
public @interface WithBroker {
    /** Topics that exist before the first test: {@code name}, of one partition, or {@code name:partitions}. */
    String[] topics() default {};

    /** Server settings under Kafka's names, {@code name=value} each. */
    String[] config() default {};

    /** How long the broker lives. */
    BrokerScope scope() default BrokerScope.PER_CLASS;

    /**
     * Whether every test finds the broker as after its start: before {@code @BeforeEach} it is {@linkplain
     * EmbeddedBroker#reset reset}, which takes a few milliseconds. What {@code @BeforeAll} put into it is gone then. The
     * tests of the class have to run one after the other, or the second one fails; different classes may run in parallel,
     * each has a broker for itself. Means nothing with {@link BrokerScope#PER_METHOD}, where each test has a new one.
     */
    boolean reset() default false;

    /** Whether the broker's time stands still until a test advances it, with {@link EmbeddedBroker#time()}. */
    boolean manualTime() default false;
}
