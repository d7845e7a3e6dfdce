package dev.embeddedbroker.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.storage.disk.Disk;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * What the first start in a JVM makes it load, which is most of what that start costs. The bounds are a little above what
 * was counted when they were set: whoever meets one looks whether a start needs what he added.
 */
class ColdStartTest {

    private static final String OURS = "dev.embeddedbroker.";

    @TempDir
    static Path directory;

    private static List<String> loaded;

    /** Starts a broker in a JVM of its own. */
    static final class Start {

        private Start() {}

        public static void main(String[] args) {
            var broker = new EmbeddedBroker().start();
            System.out.println(broker.bootstrapServers());
            Runtime.getRuntime().halt(0);
        }
    }

    @BeforeAll
    static void startInAFreshJvm() throws IOException, InterruptedException {
        var classes = directory.resolve("classes");
        var output = directory.resolve("output");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + classes + ":none:filecount=0",
                        "-cp",
                        classPath(),
                        Start.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        loaded = Files.readAllLines(classes, StandardCharsets.UTF_8);
    }

    /** The broker's own jars and no logging, however this test was started. */
    private static String classPath() {
        return Stream.of(
                        Start.class,
                        EmbeddedBroker.class,
                        Message.class,
                        Disk.class,
                        FastThreadLocal.class,
                        ByteBuf.class,
                        AddressResolver.class,
                        EventLoop.class,
                        LoggerFactory.class)
                .map(each -> Path.of(URI.create(each.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void loadsFewClassesOfOurs() {
        assertThat(those(name -> name.startsWith(OURS) && !isLambda(name))).hasSizeBetween(200, 370);
    }

    @Test
    void spinsFewLambdas() {
        assertThat(those(name -> name.startsWith(OURS) && isLambda(name))).hasSizeLessThan(55);
    }

    @Test
    void loadsFewClassesOfNetty() {
        assertThat(those(name -> name.startsWith("io.netty."))).hasSizeBetween(50, 160);
    }

    @Test
    void leavesHandlersToTheirFirstRequest() {
        assertThat(those(name -> name.matches("dev\\.embeddedbroker\\.api\\.\\w+Handler")))
                .containsOnly("dev.embeddedbroker.api.ApiHandler");
    }

    @Test
    void asksNeitherForPooledBuffersNorForNetworkInterfaces() {
        assertThat(those(name -> true)).doesNotContain("io.netty.buffer.ByteBufUtil", "io.netty.util.NetUtil");
    }

    private static List<String> those(Predicate<String> wanted) {
        return loaded.stream()
                .map(line -> line.split(" ", 2)[0])
                .filter(wanted)
                .distinct()
                .toList();
    }

    private static boolean isLambda(String name) {
        return name.contains("$$Lambda");
    }
}
