package dev.embeddedbroker.examples.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import io.netty.util.Version;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

/**
 * The oldest pain of Kafka tests on the JVM: the broker for tests wants other versions than the application has. Here the
 * application has Netty 4.1 and kafka-clients 3.7, keeps them, and tests with {@code embedded-broker}, the one jar that
 * has all it needs inside.
 */
class ClassPathConflictTest {
    @Test
    void theBrokerServesAnApplicationWithAnOlderNettyAndAnOlderClient() throws Exception {
        try (var server = new EchoServer()) {
            assertThat(new RoundTrip().call()).containsExactly("a teapot");
            try (var socket =
                    new Socket(server.address().getAddress(), server.address().getPort())) {
                socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
            }
        }
    }

    @Test
    void theApplicationKeepsItsVersions() throws Exception {
        assertThat(AppInfoParser.getVersion()).startsWith("3.7.");
        assertThat(Version.identify().values())
                .extracting(Version::artifactVersion)
                .isNotEmpty()
                .allMatch(version -> version.startsWith("4.1."));
        for (String name : List.of("dev/embeddedbroker/EmbeddedBroker.class", "io/netty/util/Version.class")) {
            assertThat(Collections.list(getClass().getClassLoader().getResources(name)))
                    .as(name)
                    .hasSize(1);
        }
    }

    @Test
    void theBrokerAsksForNoClassOfTheApplicationsNetty() throws Exception {
        try (var loader = new WatchedLoader()) {
            var scenario = (Callable<?>)
                    loader.loadClass(RoundTrip.class.getName()).getConstructor().newInstance();
            assertThat(scenario.call()).isEqualTo(List.of("a teapot"));
            assertThat(loader.asked("dev.embeddedbroker.bundled.netty.")).isNotEmpty();
            assertThat(loader.asked("io.netty.")).isEmpty();
        }
    }

    @Test
    void theJarHasNoClassOutsideItsOwnPackage() throws Exception {
        try (var jar = jar()) {
            assertThat(jar.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith("dev/embeddedbroker/"));
        }
    }

    @Test
    void theJarsServicesAreClassesThatItHas() throws Exception {
        try (var jar = jar()) {
            var services = jar.stream()
                    .filter(entry -> entry.getName().startsWith("META-INF/services/") && !entry.isDirectory())
                    .toList();
            for (var service : services) {
                for (String line : text(jar, service).lines().toList()) {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        assertThat(jar.getEntry(line.replace('.', '/') + ".class"))
                                .as("%s, which %s names", line, service)
                                .isNotNull();
                    }
                }
            }
        }
    }

    private static String text(JarFile jar, JarEntry entry) throws IOException {
        try (var content = jar.getInputStream(entry)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theJarSaysWhatItIsMadeOf() throws Exception {
        try (var jar = jar()) {
            for (String name : List.of(
                    "META-INF/LICENSE",
                    "META-INF/NOTICE",
                    "META-INF/licenses/netty-NOTICE.txt",
                    "META-INF/licenses/re2j-LICENSE.txt")) {
                assertThat(jar.getEntry(name)).as(name).isNotNull();
            }
            var netty = new Properties();
            netty.load(jar.getInputStream(jar.getEntry("META-INF/maven/io.netty/netty-common/pom.properties")));
            assertThat(netty.getProperty("version")).startsWith("4.2.");
            assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .isEqualTo("dev.embeddedbroker");
            assertThat(jar.isMultiRelease()).isFalse();
        }
    }

    private static JarFile jar() throws Exception {
        var source = EmbeddedBroker.class.getProtectionDomain().getCodeSource().getLocation();
        return new JarFile(Path.of(source.toURI()).toFile());
    }
}
