package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.disk.Disk;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Pain 1: the broker of a test brings Kafka's server, Scala, Jackson and log4j in versions of its own, which fight with those of the
 * application (spring-boot 51265, spring-kafka 1792, kafka-junit 45 and many more).
 */
class Pain01ClassPathTest {
    private static final List<String> OURS = List.of("netty-", "slf4j-api", "re2j");

    @Test
    void theBrokerRunsWithNoClassOfKafkaScalaOrJacksonInSight() throws Exception {
        try (var alone = new URLClassLoader(ourJars(), ClassLoader.getPlatformClassLoader())) {
            for (String theirs : List.of(
                    "org.apache.kafka.clients.producer.KafkaProducer",
                    "scala.Option",
                    "com.fasterxml.jackson.databind.ObjectMapper",
                    "org.springframework.context.ApplicationContext",
                    "org.junit.jupiter.api.Test")) {
                assertThatThrownBy(() -> alone.loadClass(theirs)).isInstanceOf(ClassNotFoundException.class);
            }
            Class<?> type = alone.loadClass(EmbeddedBroker.class.getName());
            assertThat(type).isNotSameAs(EmbeddedBroker.class);
            try (var broker = (AutoCloseable) type.getConstructor().newInstance()) {
                type.getMethod("start").invoke(broker);
                assertThat((String) type.getMethod("bootstrapServers").invoke(broker))
                        .startsWith("localhost:");
            }
        }
    }

    /** The modules of this project, and the libraries that its poms bring to a user. */
    private static URL[] ourJars() throws Exception {
        var jars = new ArrayList<URL>();
        for (Class<?> each : List.of(EmbeddedBroker.class, ErrorCode.class, Disk.class)) {
            jars.add(each.getProtectionDomain().getCodeSource().getLocation());
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = Path.of(entry).getFileName().toString();
            if (OURS.stream().anyMatch(name::startsWith) && name.endsWith(".jar")) {
                jars.add(Path.of(entry).toUri().toURL());
            }
        }
        if (jars.size() <= 3) { // the tests were started by a launcher that loads them itself
            for (Class<?> each : List.of(
                    org.slf4j.Logger.class,
                    com.google.re2j.Pattern.class,
                    io.netty.buffer.ByteBuf.class,
                    io.netty.channel.Channel.class,
                    io.netty.util.Version.class,
                    io.netty.resolver.AddressResolver.class)) {
                jars.add(each.getProtectionDomain().getCodeSource().getLocation());
            }
        }
        return jars.toArray(URL[]::new);
    }
}
